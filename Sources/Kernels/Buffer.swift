/// Memory from the pool that goes back at the end of its life.
package final class Buffer: @unchecked Sendable {
  package let pointer: UnsafeMutableRawPointer
  private let byteCount: Int

  package init(_ byteCount: Int) {
    self.byteCount = byteCount
    pointer = BufferPool.shared.take(byteCount)
  }

  deinit { BufferPool.shared.giveBack(pointer, byteCount) }
}
