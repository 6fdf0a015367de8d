import Synchronization

/// Copies of one weight in the layouts that a backend's primitives want, each made on first use.
package final class PackedWeights: Sendable {
  private let copies = Mutex<[String: Packed]>([:])

  package init() {}

  /// The copy named `key`, made by `pack` if it is not there yet.
  package func copy(_ key: String, byteCount: Int, pack: (UnsafeMutableRawPointer) -> Void) -> UnsafeMutableRawPointer {
    copies.withLock { copies in
      if let found = copies[key] { return found.pointer }
      let fresh = Packed(byteCount: byteCount)
      pack(fresh.pointer)
      copies[key] = fresh
      return fresh.pointer
    }
  }

  private final class Packed: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
      self.byteCount = byteCount
      pointer = BufferPool.shared.take(byteCount)
    }

    deinit { BufferPool.shared.giveBack(pointer, byteCount) }
  }
}
