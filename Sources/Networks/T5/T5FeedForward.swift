import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors

/// T5's feed-forward part: `DenseReluDense`, in v1.1 with a gate (arXiv:2002.05202).
struct T5FeedForward: Sendable {
  /// The projection that the activation is of.
  private let activated: Linear
  private let gated: Linear?
  private let output: Linear
  private let activation: T5Configuration.Activation

  init(_ weights: WeightScope, _ configuration: T5Configuration) throws {
    let (width, inner) = (configuration.width, configuration.innerWidth)
    func projection(_ name: String) throws -> Linear {
      try Linear(
        weights[name], from: width, to: inner, bias: false, initial: .normal(std: 1 / Float(width).squareRoot()))
    }
    activated = try projection(configuration.isGated ? "wi_0" : "wi")
    gated = try configuration.isGated ? projection("wi_1") : nil
    output = try Linear(
      weights["wo"], from: inner, to: width, bias: false, initial: .normal(std: 1 / Float(inner).squareRoot()))
    activation = configuration.activation
  }

  /// (B, T, width) to the same, float32.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let inside = activation(activated(x))
    return output(gated.map { inside * $0(x) } ?? inside).cast(to: .float32)
  }
}

extension T5Configuration.Activation {
  fileprivate func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .relu: x.relu()
    case .gelu: x.gelu()
    case .geluNew: x.geluTanh()
    case .silu: x.silu()
    }
  }
}
