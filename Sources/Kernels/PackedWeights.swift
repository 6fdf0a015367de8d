import Synchronization

/// Copies of one weight in the layouts that a backend's primitives want, each made on first use.
package final class PackedWeights: Sendable {
  /// A copy, with what the backend that made it wants to know of it.
  package struct Copy: Sendable {
    package let buffer: Buffer
    package let form: Int32

    package init(_ buffer: Buffer, form: Int32 = 0) { (self.buffer, self.form) = (buffer, form) }
  }

  private let copies = Mutex<[UInt64: Copy]>([:])

  package init() {}

  /// The copy in the layout numbered `layout`, made by `make` if it is not there yet.
  package func copy(_ layout: UInt64, make: () -> Copy) -> Copy {
    copies.withLock { copies in
      if let found = copies[layout] { return found }
      let fresh = make()
      copies[layout] = fresh
      return fresh
    }
  }

  /// The same of a layout that has one form, where the copy is.
  package func copy(_ layout: UInt64, byteCount: Int, pack: (UnsafeMutableRawPointer) -> Void)
    -> UnsafeMutableRawPointer
  {
    copy(layout) {
      let fresh = Buffer(byteCount, isLasting: true)
      pack(fresh.pointer)
      return Copy(fresh)
    }.buffer.pointer
  }

  /// Bytes of all copies.
  package var byteCount: Int { copies.withLock { $0.values.reduce(0) { $0 + $1.buffer.byteCount } } }
}
