/// The initial values of a parameter that is not read from a file.
package enum Initial: Sendable, Hashable {
  case zeros
  case ones
  case constant(Float)
  /// Evenly spread over (-bound, bound).
  case uniform(bound: Float)
  /// Gaussian around zero.
  case normal(std: Float)

  /// PyTorch's default for the weight and the bias of a linear or convolution layer:
  /// Kaiming's rule with a = √5, which comes to ±1/√fanIn.
  package static func kaiming(fanIn: Int) -> Initial { .uniform(bound: 1 / Float(fanIn).squareRoot()) }
}
