import NegativeSpaceKernels
package import NegativeSpaceTensors

/// Root-mean-square normalisation (arXiv:1910.07467) over the last axis: scaled, without mean and shift.
package struct RMSNorm: Sendable {
  /// (C), float32.
  private let scale: Tensor
  private let epsilon: Float

  /// Asks for `weight`, (width).
  package init(_ weights: WeightScope, width: Int, epsilon: Float = 1e-6) throws {
    scale = try weights.tensor("weight", shape: [width], role: .vector, initial: .ones)
    self.epsilon = epsilon
  }

  /// (…, C) to the same, computed and delivered in float32.
  package func callAsFunction(_ x: Tensor) -> Tensor { x.cast(to: .float32).rmsNorm(scale: scale, epsilon: epsilon) }
}
