import Foundation
import Synchronization

/// Gives out 64-byte aligned buffers and keeps returned ones for the next request of the same size.
///
/// A sampling step asks for the same sizes again and again; without this each one would be fresh pages from the system.
package final class BufferPool: Sendable {
  /// The pool of this process: a cache, like the allocator it stands in front of.
  package static let shared = BufferPool()

  private struct State {
    var free: [Int: [UInt]] = [:]
    var held = 0
    var live = 0
    var peak = 0
  }

  private let state = Mutex(State())
  /// Most bytes kept for reuse; beyond it the largest free buffers go back to the system.
  private let limit: Int

  package init(limit: Int = 6 << 30) { self.limit = limit }

  /// Bytes given out now, and the most that ever were at once.
  package var usage: (live: Int, peak: Int) { state.withLock { ($0.live, $0.peak) } }

  /// Sizes are rounded up so that nearly equal requests share buffers (at most 1/8 is wasted).
  static func sizeClass(_ byteCount: Int) -> Int {
    let bytes = max(byteCount, 64)
    if bytes <= 4096 { return (bytes + 63) & ~63 }
    let step = max(64, 1 << (Int.bitWidth - bytes.leadingZeroBitCount - 4))
    return (bytes + step - 1) & ~(step - 1)
  }

  /// An uninitialised buffer of at least `byteCount` bytes.
  package func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let size = Self.sizeClass(byteCount)
    let cached: UInt? = state.withLock { state in
      state.live += size
      state.peak = max(state.peak, state.live)
      guard let found = state.free[size]?.popLast() else { return nil }
      state.held -= size
      return found
    }
    if let cached, let pointer = UnsafeMutableRawPointer(bitPattern: cached) { return pointer }
    return Self.fresh(size)
  }

  /// New memory; large buffers ask for huge pages, of which the processor finds more at once, and the system clears fewer.
  private static func fresh(_ size: Int) -> UnsafeMutableRawPointer {
    guard size >= 2 * hugePage else { return .allocate(byteCount: size, alignment: 64) }
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: hugePage)
    madvise(pointer, size, MADV_HUGEPAGE)
    return pointer
  }

  private static let hugePage = 2 << 20

  /// Returns a buffer that `take` gave out for the same `byteCount`.
  package func giveBack(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
    let size = Self.sizeClass(byteCount)
    let keep = state.withLock { state in
      state.live -= size
      guard state.held + size <= limit else { return false }
      state.free[size, default: []].append(UInt(bitPattern: pointer))
      state.held += size
      return true
    }
    if !keep { pointer.deallocate() }
  }

  /// Gives all buffers kept for reuse back to the system, between phases of very different shape.
  package func trim() {
    let buffers = state.withLock { state in
      defer {
        state.free = [:]
        state.held = 0
      }
      return state.free.values.flatMap { $0 }
    }
    for address in buffers { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
  }
}
