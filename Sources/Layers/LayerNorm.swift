package import NegativeSpaceTensors

/// Layer normalisation (arXiv:1607.06450) over the last axis.
package struct LayerNorm: Sendable {
  /// (C), float32.
  private let scale: Tensor
  private let shift: Tensor
  private let epsilon: Float

  /// Asks for `weight` and `bias`, both (width).
  package init(_ weights: WeightScope, width: Int, epsilon: Float = 1e-5) throws {
    scale = try weights.tensor("weight", shape: [width], role: .vector, initial: .ones)
    shift = try weights.tensor("bias", shape: [width], role: .vector, initial: .zeros)
    self.epsilon = epsilon
  }

  /// (…, C).
  package func callAsFunction(_ x: Tensor) -> Tensor { x.layerNorm(scale: scale, shift: shift, epsilon: epsilon) }
}
