/// A small, fast random source whose whole state is one 64-bit number: the same seed gives the same numbers anywhere.
///
/// Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014; constants of Vigna's
/// `splitmix64.c`.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  /// A source for item `index` of a numbered stream; neighbouring indices share nothing.
  package init(seed: UInt64, stream: UInt64, index: UInt64) {
    var first = SplitMix64(seed: seed)
    var second = SplitMix64(seed: first.next() ^ stream)
    var third = SplitMix64(seed: second.next() ^ index)
    state = third.next()
  }

  /// Increment of the state with each number.
  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The source after `count` more numbers.
  package func skipping(_ count: Int) -> SplitMix64 { SplitMix64(seed: state &+ UInt64(count) &* Self.increment) }

  package mutating func next() -> UInt64 {
    state &+= Self.increment
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in [0, 1) with 24 random bits.
  package mutating func uniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  package mutating func uniform(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * uniform()
  }

  /// True with the given probability.
  package mutating func chance(_ probability: Float) -> Bool {
    uniform() < probability
  }

  /// An integer in 0..<bound (bound ≥ 1), by multiplication (Lemire 2019, without the rejection step: bias below 2⁻³²).
  package mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "below: bound \(bound) is not positive")
    return Int((next() >> 32).multipliedFullWidth(by: UInt64(bound) << 32).high)
  }

  /// One element, all equally likely.
  ///
  /// The collection must not be empty.
  package mutating func pick<T>(_ choices: [T]) -> T {
    choices[below(choices.count)]
  }

  /// An index with probability proportional to its weight (weights ≥ 0, at least one above).
  package mutating func pick(weights: [Float]) -> Int {
    var left = uniform() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      left -= weight
      if left < 0 { return index }
    }
    return weights.count - 1
  }

  /// A number of mean 0 and deviation 1 whose distribution is the sum of four uniform ones: near enough to normal for
  /// grain in pictures, bounded by ±3.46, and four times as cheap as Box and Muller's.
  package mutating func grain() -> Float {
    let bits = next()
    let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
    return (Float(sum) * 0x1p-16 - 2) * 1.7320508
  }
}
