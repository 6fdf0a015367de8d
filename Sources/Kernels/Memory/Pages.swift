import Foundation

/// Whole pages straight from the system, which gets them back at once.
enum Pages {
  /// Uninitialised memory; large amounts ask for huge pages, of which the processor finds more at once, and the system
  /// clears fewer.
  static func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
    guard
      let pointer = mmap(nil, max(1, byteCount), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      pointer != MAP_FAILED
    else { preconditionFailure("the system has no \(byteCount >> 20) MB of memory left") }
    if byteCount >= 2 * huge { madvise(pointer, byteCount, MADV_HUGEPAGE) }
    return pointer
  }

  /// Returns what `take` gave out for the same `byteCount`.
  static func giveBack(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) { munmap(pointer, max(1, byteCount)) }

  /// Bytes of a huge page.
  static let huge = 2 << 20
}
