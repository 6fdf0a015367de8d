import Testing

@testable import Tensors

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
}
