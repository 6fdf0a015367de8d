import NegativeSpaceKernels
import NegativeSpaceTestSupport
import Testing

@testable import NegativeSpaceTensors

@Suite struct AttentionTests {
  static let short: [OperatorCase] = [
    head("attention_short", 2), head("attention_short_causal", 2, causal: true),
    head("attention_short_scaled", 4, scale: 0.7), head("attention_one_head", 1),
  ]
  static let long: [OperatorCase] = [head("attention_long", 2), head("attention_long_causal", 1, causal: true)]

  private static func head(_ name: String, _ heads: Int, causal: Bool = false, scale: Float? = nil) -> OperatorCase {
    OperatorCase(name) { attention($0[0], $0[1], $0[2], heads: heads, causal: causal, scale: scale) }
  }

  @Test(arguments: short) func `short attention and its gradients are PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }

  @Test(arguments: long) func `long attention and its gradients are PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }

  /// Sizes that no fixture holds: widths that are not whole vectors, few heads with many queries.
  static let sizes: [(b: Int, t: Int, s: Int, heads: Int, d: Int)] = [
    (1, 300, 77, 1, 40), (2, 33, 50, 2, 24), (1, 16, 16, 3, 48), (1, 129, 129, 1, 72), (3, 1, 1, 1, 8),
    (1, 17, 9, 2, 1), (1, 70, 301, 2, 20),
  ]

  @Test(arguments: sizes.indices, [false, true])
  func `attention is its formula for any sizes`(_ index: Int, causal: Bool) {
    let (b, t, s, h, d) = Self.sizes[index]
    let inputs = [[b, t, h * d], [b, s, h * d], [b, s, h * d]].enumerated().map { noise($1, seed: UInt32(1 + $0)) * 2 }
    let upstream = noise([b, t, h * d], seed: 9)
    // Numbers below every score hide keys that come after the query.
    let mask = Tensor((0..<t).flatMap { row in (0..<s).map { causal && $0 > row ? -1e9 : 0 } }, shape: [t, s])
    func formula(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> Tensor {
      let split = [q, k, v].map { $0.reshaped([b, -1, h, d]).transposed(axes: [0, 2, 1, 3]) }
      let scores = split[0].matmul(split[1], transposeB: true) * (1 / Float(d).squareRoot()) + mask
      return scores.softmax().matmul(split[2]).transposed(axes: [0, 2, 1, 3]).reshaped([b, t, h * d])
    }
    Threads.$limit.withValue(3) {
      func run(_ body: ([Tensor]) -> Tensor) -> [Tensor] {
        let leaves = inputs.map(\.requiringGradient)
        let value = body(leaves)
        return [value] + value.gradients(of: leaves, upstream: upstream)
      }
      let results = run { attention($0[0], $0[1], $0[2], heads: h, causal: causal) }
      for (result, expected) in zip(results, run { formula($0[0], $0[1], $0[2]) }) {
        // Nothing to divide by where a gradient is zero: with one key the scores do not matter.
        let isZero = expected.square().sum().item < 1e-10
        let distance = isZero ? Double(result.abs().sum().item) : relativeDistance(result, expected)
        #expect(distance < 1e-5)
      }
    }
  }

  @Test(arguments: sizes.indices, [false, true])
  func `attention in bfloat16 is float32's of the same numbers, to the last digits of bfloat16`(
    _ index: Int, causal: Bool
  ) {
    let (b, t, s, h, d) = Self.sizes[index]
    let inputs = [[b, t, h * d], [b, s, h * d], [b, s, h * d]].enumerated().map {
      (noise($1, seed: UInt32(11 + $0)) * 2).cast(to: .bfloat16)
    }
    Threads.$limit.withValue(3) {
      let narrow = attention(inputs[0], inputs[1], inputs[2], heads: h, causal: causal)
      let wide = inputs.map { $0.cast(to: .float32) }
      let expected = attention(wide[0], wide[1], wide[2], heads: h, causal: causal)
      // Shares and results are rounded to 8 digits of two: 2⁻⁹ at most each.
      #expect(relativeDistance(narrow.cast(to: .float32), expected) < 4e-3)
    }
  }
}
