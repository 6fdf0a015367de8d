import Synchronization

/// Gives out 64-byte aligned buffers and keeps returned ones for later requests.
///
/// A sampling step asks for the same sizes again and again; without this each one would be fresh pages from the system.
package final class BufferPool: Sendable {
  /// The pool of this process: a cache, like the allocator it stands in front of.
  package static let shared = BufferPool()

  private struct State {
    /// Large buffers.
    var arena = Arena()
    /// Small ones, by their size.
    var free: [Int: [UInt]] = [:]
    var live = 0
    var peak = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// Bytes given out now, and the most that ever were at once.
  package var usage: (live: Int, peak: Int) { state.withLock { ($0.live, $0.peak) } }

  /// From here on buffers share regions.
  private static let large = 64 << 10
  /// Of a fresh region.
  private static let leastRegion = 32 << 20

  /// Sizes are rounded up: large ones to pages, small ones so that nearly equal requests share buffers (at most 1/8 is
  /// wasted).
  static func rounded(_ byteCount: Int) -> Int {
    let bytes = max(byteCount, 64)
    if bytes <= 4096 { return (bytes + 63) & ~63 }
    let step = bytes >= large ? 4096 : 1 << (Int.bitWidth - bytes.leadingZeroBitCount - 4)
    return (bytes + step - 1) & ~(step - 1)
  }

  /// An uninitialised buffer of at least `byteCount` bytes.
  package func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let size = Self.rounded(byteCount)
    let address = state.withLock { state in
      state.live += size
      state.peak = max(state.peak, state.live)
      guard size >= Self.large else { return state.free[size]?.popLast() }
      if let found = state.arena.take(size) { return found }
      let region = max(Self.leastRegion, size)
      state.arena.add(UInt(bitPattern: Pages.take(region)), region)
      return state.arena.take(size)
    }
    if let address, let pointer = UnsafeMutableRawPointer(bitPattern: address) { return pointer }
    return .allocate(byteCount: size, alignment: 64)
  }

  /// Returns a buffer that `take` gave out for the same `byteCount`.
  package func giveBack(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
    let size = Self.rounded(byteCount)
    state.withLock { state in
      state.live -= size
      let address = UInt(bitPattern: pointer)
      if size >= Self.large {
        state.arena.giveBack(address, size)
      } else {
        state.free[size, default: []].append(address)
      }
    }
  }

  /// Gives what is kept for reuse back to the system, between phases of very different shape.
  package func trim() {
    let (small, regions) = state.withLock { state in
      defer { state.free = [:] }
      return (state.free.values.flatMap { $0 }, state.arena.removeIdle())
    }
    for address in small { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    for region in regions {
      if let pointer = UnsafeMutableRawPointer(bitPattern: region.address) { Pages.giveBack(pointer, region.size) }
    }
  }
}
