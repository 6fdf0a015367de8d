package import NegativeSpaceKernels
import Synchronization

/// The bytes behind a tensor.
///
/// Written once while it is being made, then only read.
///
/// It is `@unchecked Sendable` because of that rule: an operator fills a fresh storage before anybody else sees it.
package final class Storage: ConstantBytes, @unchecked Sendable {
  private enum Source {
    /// Memory from the pool, until the end.
    case pool(UnsafeMutableRawPointer)
    /// Memory that belongs to `owner`; `rest` says that it will not be read for a while.
    case foreign(UnsafeMutableRawPointer, owner: AnyObject, rest: (@Sendable () -> Void)?)
    /// Made anew whenever it is not in memory.
    case made(Made)
  }

  /// Number of bytes that may be read.
  package let byteCount: Int
  /// Re-ordered copies made by a backend, kept as long as the weights themselves.
  package let packed = PackedWeights()
  private let source: Source

  /// Fresh, uninitialised memory from the pool.
  package init(byteCount: Int) {
    self.byteCount = byteCount
    source = .pool(BufferPool.shared.take(byteCount))
  }

  /// Memory that belongs to `owner`, which is kept alive as long as this storage is.
  ///
  /// - Parameter rest: says that the bytes will not be read for a while; they can be read all the same.
  package init(
    borrowing pointer: UnsafeMutableRawPointer, byteCount: Int, owner: AnyObject, rest: (@Sendable () -> Void)? = nil
  ) {
    self.byteCount = byteCount
    source = .foreign(pointer, owner: owner, rest: rest)
  }

  /// Bytes that `make` writes when they are needed, each time the same.
  package init(byteCount: Int, make: @escaping @Sendable (_ target: UnsafeMutableRawPointer) -> Void) {
    self.byteCount = byteCount
    source = .made(Made(byteCount: byteCount, make: make))
  }

  deinit {
    if case .pool(let pointer) = source { BufferPool.shared.giveBack(pointer, byteCount) }
  }

  /// Address of the bytes, from now to the end; 64-byte aligned unless they belong to a mapped file.
  package var pointer: UnsafeMutableRawPointer {
    switch source {
    case .pool(let pointer), .foreign(let pointer, _, _): pointer
    case .made(let made): made.kept
    }
  }

  package func lend<Result>(_ use: (UnsafeRawPointer) -> Result) -> Result {
    switch source {
    case .pool(let pointer): return use(pointer)
    case .foreign(let pointer, _, let rest):
      defer { rest?() }
      return use(pointer)
    case .made(let made): return made.lend(use)
    }
  }
}

/// Bytes that are made when they are needed.
private final class Made: Sendable {
  private let byteCount: Int
  private let make: @Sendable (UnsafeMutableRawPointer) -> Void
  private let buffer = Mutex<Buffer?>(nil)

  init(byteCount: Int, make: @escaping @Sendable (UnsafeMutableRawPointer) -> Void) {
    (self.byteCount, self.make) = (byteCount, make)
  }

  /// The bytes, which are not let go from now on: who has a pointer may read it at any time.
  var kept: UnsafeMutableRawPointer {
    buffer.withLock { buffer in
      let kept = buffer ?? fresh()
      buffer = kept
      return kept
    }.pointer
  }

  func lend<Result>(_ use: (UnsafeRawPointer) -> Result) -> Result {
    let lent = buffer.withLock { $0 } ?? fresh()
    return withExtendedLifetime(lent) { use(lent.pointer) }
  }

  private func fresh() -> Buffer {
    let fresh = Buffer(byteCount, isLasting: true)
    make(fresh.pointer)
    return fresh
  }
}
