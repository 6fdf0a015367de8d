package import Kernels

/// The bytes behind a tensor.
///
/// Written once while it is being made, then only read.
///
/// It is `@unchecked Sendable` because of that rule: an operator fills a fresh storage before anybody else sees it.
package final class Storage: @unchecked Sendable {
  /// Where the bytes are; 64-byte aligned unless they belong to a mapped file.
  package let pointer: UnsafeMutableRawPointer
  /// How many bytes may be read.
  package let byteCount: Int
  /// Keeps foreign memory (a mapped file) alive; nil when the bytes are the pool's.
  private let owner: AnyObject?
  /// Re-ordered copies made by a backend, kept as long as the weights themselves.
  package let packed: PackedWeights

  /// Fresh, uninitialised memory from the pool.
  package init(byteCount: Int) {
    self.byteCount = byteCount
    pointer = BufferPool.shared.take(byteCount)
    owner = nil
    packed = PackedWeights()
  }

  /// Memory that belongs to `owner`, which is kept alive as long as this storage is.
  package init(borrowing pointer: UnsafeMutableRawPointer, byteCount: Int, owner: AnyObject) {
    self.pointer = pointer
    self.byteCount = byteCount
    self.owner = owner
    packed = PackedWeights()
  }

  deinit {
    if owner == nil { BufferPool.shared.giveBack(pointer, byteCount) }
  }
}
