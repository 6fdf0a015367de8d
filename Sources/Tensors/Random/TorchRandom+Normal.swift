import Foundation

extension TorchRandom {
  /// `torch.randn(count)`, float32.
  ///
  /// Fewer than 16 values come from a double-precision Box–Muller transform, one by one, the spare value of a pair kept
  /// for the next small draw. From 16 values on they come in float32 blocks of 16; when the count is no multiple of 16
  /// the last 16 are drawn anew.
  package mutating func normals(_ count: Int) -> [Float] {
    guard count >= 16 else {
      var values = [Float](repeating: 0, count: count)
      for index in values.indices { values[index] = Float(smallNormal()) }
      return values
    }
    var values = uniforms(count)
    for start in stride(from: 0, through: count - 16, by: 16) {
      Self.transformBlock(&values, from: start)
    }
    if count % 16 != 0 {
      for index in (count - 16)..<count { values[index] = uniform() }
      Self.transformBlock(&values, from: count - 16)
    }
    return values
  }

  /// Box–Muller in double precision: cosine first, sine kept.
  private mutating func smallNormal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let angle = 2 * Double.pi * uniform53()
    let radius = (-2 * log1p(-uniform53())).squareRoot()
    spareNormal = radius * sin(angle)
    return radius * cos(angle)
  }

  /// 53 random bits in [0, 1).
  private mutating func uniform53() -> Double {
    Double(word64() & (1 << 53 - 1)) * 0x1p-53
  }

  /// Turns 16 uniform values into normal ones, in place: value j with value j + 8.
  private static func transformBlock(_ values: inout [Float], from start: Int) {
    for first in start..<(start + 8) {
      let radius = (-2 * CephesFloat.log(1 - values[first])).squareRoot()
      let (sine, cosine) = CephesFloat.sineAndCosine(6.2831855 * values[first + 8])
      // Adding zero makes a negative zero positive, as the fused multiply-add with mean 0 does.
      values[first] = radius * cosine + 0
      values[first + 8] = radius * sine + 0
    }
  }
}
