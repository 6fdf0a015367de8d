import Foundation

/// NVIDIA's Philox 4×32-10 as PyTorch's `randn` uses it on a GPU, in the form that the A1111 web UI made portable.
///
/// Each draw is a function of (seed, number of the draw, index of the value): counter word 0 counts the draws, word 2
/// the values. Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3". Equal to A1111's numbers, and to a
/// GPU's within the precision of its sine and logarithm, while a draw is small enough to be one value a GPU thread.
package struct PhiloxRandom: RandomSource, Codable, Equatable {
  private let seed: UInt64
  /// Number of draws made.
  private var draws: UInt32 = 0

  /// All 64 bits of the seed count.
  package init(seed: some BinaryInteger) {
    self.seed = UInt64(truncatingIfNeeded: seed)
  }

  /// `torch.randn(count, device: "cuda")`.
  package mutating func normals(_ count: Int) -> [Float] {
    draw(count) { first, second in
      let u = Double(first) * Self.inverse + Self.inverse / 2
      let v = Double(second) * Self.inverseTau + Self.inverseTau / 2
      return Float((-2 * log(u)).squareRoot() * sin(v))
    }
  }

  /// `torch.rand(count, device: "cuda")`, for small draws as above.
  package mutating func uniforms(_ count: Int) -> [Float] {
    draw(count) { first, _ in
      let value = Float(first) * 0x1p-32 + 0x1p-33
      return value == 1 ? 0 : value
    }
  }

  // Float32 constants widened, as in the original: 2⁻³² and 2π · 2⁻³².
  private static let inverse = Double(Float(2.3283064e-10))
  private static let inverseTau = Double(Float(2.3283064e-10 * 6.2831855))

  private mutating func draw(_ count: Int, _ transform: (UInt32, UInt32) -> Float) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    for index in values.indices {
      let words = block(SIMD4(draws, 0, UInt32(truncatingIfNeeded: index), 0))
      values[index] = transform(words[0], words[1])
    }
    draws &+= 1
    return values
  }

  /// Ten rounds of Philox 4×32.
  private func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var words = counter
    var (low, high) = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
      let first = UInt64(words[0]) * 0xD251_1F53
      let second = UInt64(words[2]) * 0xCD9E_8D57
      words = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ words[1] ^ low, UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ words[3] ^ high, UInt32(truncatingIfNeeded: first))
      low &+= 0x9E37_79B9
      high &+= 0xBB67_AE85
    }
    return words
  }
}
