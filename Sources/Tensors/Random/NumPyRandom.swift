import Foundation

/// NumPy's legacy generator, bit for bit: `numpy.random.RandomState(seed)`.
package struct NumPyRandom: RandomSource, Codable, Equatable {
  private var bits: MersenneTwister
  /// The second value of the last polar pair, waiting for the next normal.
  private var spareNormal: Double?

  /// NumPy takes seeds in 0 ..< 2³² and refuses others; here they are taken modulo 2³².
  package init(seed: some BinaryInteger) {
    bits = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed))
  }

  /// `standard_normal(count).astype(float32)`.
  package mutating func normals(_ count: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    for index in values.indices { values[index] = Float(normal()) }
    return values
  }

  /// `random_sample(count).astype(float32)`; rounding to float32 can give 1.
  package mutating func uniforms(_ count: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    for index in values.indices { values[index] = Float(uniform()) }
    return values
  }

  /// `permutation(count)`: the numbers 0 ..< count in random order.
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in order.indices.dropFirst().reversed() { order.swapAt(index, integer(through: index)) }
    return order
  }

  /// One value of `standard_normal()`: Marsaglia's polar method in double precision.
  package mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let first = 2 * uniform() - 1
      let second = 2 * uniform() - 1
      let square = first * first + second * second
      guard square < 1, square != 0 else { continue }
      let factor = (-2 * log(square) / square).squareRoot()
      spareNormal = factor * first
      return factor * second
    }
  }

  /// One value of `random_sample()`: 53 random bits in [0, 1).
  package mutating func uniform() -> Double {
    let high = Double(bits.next() >> 5)
    let low = Double(bits.next() >> 6)
    return (high * 0x1p26 + low) / 0x1p53
  }

  /// An integer from 0 through the limit: masked random bits, drawn again until they fit.
  private mutating func integer(through limit: Int) -> Int {
    let mask = UInt64.max >> UInt64(limit).leadingZeroBitCount
    while true {
      var word = UInt64(bits.next())
      if mask > UInt64(UInt32.max) { word = word << 32 | UInt64(bits.next()) }
      let value = word & mask
      if value <= UInt64(limit) { return Int(value) }
    }
  }
}
