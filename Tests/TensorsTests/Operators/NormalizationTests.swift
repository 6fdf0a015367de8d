import NegativeSpaceKernels
import Testing

@testable import NegativeSpaceTensors

@Suite struct NormalizationTests {
  static let groups: [OperatorCase] = [
    group("group_norm_one", 4),
    group("group_norm_many", 2),
    group("group_norm_silu", 4, activation: .silu),
    group("group_norm_silu_one", 8, activation: .silu),
    group("group_norm_tokens", 4),
    group("group_norm_video", 2, activation: .silu),
  ]
  static let offset: [OperatorCase] = [
    group("group_norm_offset", 4, epsilon: 1e-6),
    group("group_norm_offset_silu", 2, epsilon: 1e-6, activation: .silu),
  ]
  static let layers: [OperatorCase] = [
    OperatorCase("layer_norm", vectors: [1, 2]) { $0[0].layerNorm(scale: $0[1], shift: $0[2], epsilon: 1e-5) },
    OperatorCase("layer_norm_odd", vectors: [1, 2]) { $0[0].layerNorm(scale: $0[1], shift: $0[2], epsilon: 1e-6) },
  ]

  private static func group(
    _ name: String, _ groups: Int, epsilon: Float = 1e-5, activation: FusedActivation = .none
  ) -> OperatorCase {
    OperatorCase(name, vectors: [1, 2]) {
      $0[0].groupNorm(groups: groups, scale: $0[1], shift: $0[2], epsilon: epsilon, activation: activation)
    }
  }

  @Test(arguments: groups) func `a group norm and its gradients are PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }

  @Test(arguments: offset) func `a large common offset costs group norm no digits`(_ operation: OperatorCase) throws {
    try operation.check(float32: 3e-5)
  }

  @Test(arguments: layers) func `a layer norm and its gradients are PyTorch's`(_ operation: OperatorCase) throws {
    try operation.check()
  }
}
