package import NegativeSpaceKernels
package import NegativeSpaceTensors

/// Group normalisation (arXiv:1803.08494) over everything but the first axis, channels in groups.
package struct GroupNorm: Sendable {
  /// (C), float32.
  private let scale: Tensor
  private let shift: Tensor
  private let groups: Int
  private let epsilon: Float

  /// Asks for `weight` and `bias`, both (channels).
  package init(_ weights: WeightScope, channels: Int, groups: Int, epsilon: Float) throws {
    scale = try weights.tensor("weight", shape: [channels], role: .vector, initial: .ones)
    shift = try weights.tensor("bias", shape: [channels], role: .vector, initial: .zeros)
    self.groups = groups
    self.epsilon = epsilon
  }

  /// (N, …, C); what follows may be fused into the same pass.
  package func callAsFunction(_ x: Tensor, then activation: FusedActivation = .none) -> Tensor {
    x.groupNorm(groups: groups, scale: scale, shift: shift, epsilon: epsilon, activation: activation)
  }
}
