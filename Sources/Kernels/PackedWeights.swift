import Synchronization

/// Copies of one weight in the layouts that a backend's primitives want, each made on first use.
package final class PackedWeights: Sendable {
  private let copies = Mutex<[UInt64: Buffer]>([:])

  package init() {}

  /// The copy in the layout numbered `layout`, made by `pack` if it is not there yet.
  package func copy(_ layout: UInt64, byteCount: Int, pack: (UnsafeMutableRawPointer) -> Void)
    -> UnsafeMutableRawPointer
  {
    copies.withLock { copies in
      if let found = copies[layout] { return found.pointer }
      let fresh = Buffer(byteCount, isLasting: true)
      pack(fresh.pointer)
      copies[layout] = fresh
      return fresh.pointer
    }
  }
}
