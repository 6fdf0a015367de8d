import Foundation

/// SplitMix64 (Steele, Lea, Flood 2014): a small generator for where only independence matters, as in starting weights.
package struct SplitMix: Sendable {
  private var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// The generator after `count` more numbers.
  func skipping(_ count: Int) -> SplitMix { SplitMix(state: state &+ UInt64(count) &* 0x9e37_79b9_7f4a_7c15) }

  /// Even on the open interval (0, 1).
  mutating func unit() -> Float { (Float(next() >> 41) + 0.5) / Float(1 << 23) }

  /// Gaussian with mean 0 and deviation 1 (Box and Muller; the second value is not kept).
  mutating func normal() -> Float { (-2 * log(unit())).squareRoot() * cos(2 * .pi * unit()) }
}
