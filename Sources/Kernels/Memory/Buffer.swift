/// Memory that goes back where it came from at the end of its life.
package final class Buffer: @unchecked Sendable {
  package let pointer: UnsafeMutableRawPointer
  package let byteCount: Int
  private let isLasting: Bool

  /// - Parameter isLasting: whether it stays for long, or is the only one of its size: such memory comes from the
  ///   system, not from the pool, in which it would lie between what comes and goes at every step.
  package init(_ byteCount: Int, isLasting: Bool = false) {
    self.byteCount = byteCount
    // Less than some pages is not worth a request of its own.
    self.isLasting = isLasting && byteCount >= 64 << 10
    pointer = self.isLasting ? Pages.take(byteCount) : BufferPool.shared.take(byteCount)
  }

  deinit { isLasting ? Pages.giveBack(pointer, byteCount) : BufferPool.shared.giveBack(pointer, byteCount) }
}
