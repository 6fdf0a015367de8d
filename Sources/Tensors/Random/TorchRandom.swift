import Foundation

/// PyTorch's CPU generator, bit for bit: `torch.Generator("cpu").manual_seed(seed)` on x86-64 with AVX2.
///
/// Checked against torch 2.13. Consecutive draws of different kinds match too, since the place in the stream and the
/// spare value of the last small normal draw are kept.
package struct TorchRandom: RandomSource, Codable, Equatable {
  var bits: MersenneTwister
  /// The second value of the last double-precision Box–Muller pair, waiting for the next small draw.
  var spareNormal: Double?

  /// Seeds are taken modulo 2³², as PyTorch does.
  package init(seed: some BinaryInteger) {
    bits = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed))
  }

  /// `torch.rand(count)`, float32: 24 random bits a value.
  package mutating func uniforms(_ count: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    for index in values.indices { values[index] = uniform() }
    return values
  }

  /// `torch.randint(low, high, (count,))`: integers in [low, high).
  ///
  /// Taken modulo the width of the range, from 64 random bits when it is 2²⁸ or more.
  package mutating func integers(_ count: Int, in range: Range<Int>) -> [Int] {
    precondition(!range.isEmpty, "integers: the range \(range) is empty")
    let width = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
    var values = [Int](repeating: 0, count: count)
    for index in values.indices {
      let word = width >= 1 << 28 ? word64() : UInt64(bits.next())
      values[index] = range.lowerBound &+ Int(truncatingIfNeeded: word % width)
    }
    return values
  }

  /// `torch.randperm(count)`: the numbers 0 ..< count in random order.
  package mutating func permutation(_ count: Int) -> [Int] {
    // From here on PyTorch finds 32 random bits too few, and fills from the inside out.
    if count >= Int(UInt32.max) / 20 { return largePermutation(count) }
    var order = Array(0..<count)
    for index in order.indices.dropLast() {
      order.swapAt(index, index + Int(bits.next()) % (count - index))
    }
    return order
  }

  private mutating func largePermutation(_ count: Int) -> [Int] {
    var order = [Int](repeating: 0, count: count)
    for index in 0..<count {
      let other = Int(word64() % UInt64(index + 1))
      order[index] = order[other]
      order[other] = index
    }
    return order
  }

  /// One float32 of 24 random bits in [0, 1).
  mutating func uniform() -> Float {
    Float(bits.next() & 0xFF_FFFF) * 0x1p-24
  }

  /// 64 random bits, the earlier word on top.
  mutating func word64() -> UInt64 {
    let high = UInt64(bits.next())
    return high << 32 | UInt64(bits.next())
  }
}
