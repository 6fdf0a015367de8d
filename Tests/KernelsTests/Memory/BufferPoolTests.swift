import Testing

@testable import NegativeSpaceKernels

@Suite struct BufferPoolTests {
  @Test func `buffers are aligned, apart, and counted`() {
    let pool = BufferPool()
    let sizes = [1, 64, 65, 4097, 60_000, 65_536, 70_000, 5_000_000, 40_000_000]
    let buffers = sizes.map { size in
      let buffer = pool.take(size)
      #expect(UInt(bitPattern: buffer) % 64 == 0)
      buffer.initializeMemory(as: UInt8.self, repeating: UInt8(size % 251), count: size)
      return buffer
    }
    for (buffer, size) in zip(buffers, sizes) {
      let bytes = UnsafeRawBufferPointer(start: buffer, count: size)
      let isUntouched = bytes.allSatisfy { $0 == UInt8(size % 251) }
      #expect(isUntouched)
    }
    #expect(pool.usage.live >= sizes.reduce(0, +))
    for (buffer, size) in zip(buffers, sizes) { pool.giveBack(buffer, size) }
    #expect(pool.usage.live == 0)
    pool.trim()
    // Memory that was given back to the system is not given out.
    let again = pool.take(5_000_000)
    again.storeBytes(of: 1, as: UInt8.self)
    pool.giveBack(again, 5_000_000)
  }

  @Test func `what was returned is used again`() {
    let pool = BufferPool()
    for size in [100, 50_000, 3_000_000] {
      let first = pool.take(size)
      pool.giveBack(first, size)
      let second = pool.take(size)
      #expect(second == first)
      pool.giveBack(second, size)
    }
  }
}
