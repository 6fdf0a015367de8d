import NegativeSpaceConfiguration
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// Sizes and activation of the transformer in a tower of CLIP.
package struct CLIPEncoderShape: Sendable, Hashable {
  /// The activation between the two layers of the feed-forward part, by its name in config.json.
  package enum Activation: String, Sendable, CaseIterable {
    case quickGELU = "quick_gelu"
    case gelu
    case geluNew = "gelu_new"
    case geluTanh = "gelu_pytorch_tanh"

    func callAsFunction(_ x: Tensor) -> Tensor {
      switch self {
      case .quickGELU: x.quickGELU()
      case .gelu: x.gelu()
      case .geluNew, .geluTanh: x.geluTanh()
      }
    }
  }

  package var width: Int
  package var innerWidth: Int
  package var layers: Int
  package var heads: Int
  package var activation = Activation.quickGELU
  package var epsilon: Float = 1e-5

  /// Deviation of fresh weights that read the residual stream, as in OpenAI's model: smaller the deeper the network.
  var inputDeviation: Float { 1 / (Float(width) * 2 * Float(layers)).squareRoot() }

  func validate(_ network: String) throws {
    guard width % heads == 0 else {
      throw ConfigurationError.wrongValue(
        owner: network, key: "num_attention_heads", found: "\(heads)", expected: "a divisor of hidden_size = \(width)")
    }
  }
}

/// The transformer of both towers of CLIP (arXiv:2103.00020).
package struct CLIPEncoder: Sendable {
  private let layers: [CLIPEncoderLayer]

  package init(_ weights: WeightScope, _ shape: CLIPEncoderShape) throws {
    layers = try (0..<shape.layers).map { try CLIPEncoderLayer(weights["layers"][$0], shape) }
  }

  /// (B, T, width) to the same.
  ///
  /// - Parameters:
  ///   - causal: whether a token sees only those before it.
  ///   - skipped: layers left out at the end.
  package func callAsFunction(_ x: Tensor, causal: Bool, skippingLast skipped: Int = 0) -> Tensor {
    precondition((0..<layers.count).contains(skipped), "CLIP: cannot skip \(skipped) of \(layers.count) layers")
    return layers.dropLast(skipped).reduce(x) { $1($0, causal: causal) }
  }
}

/// Self-attention and feed-forward, each after a norm and added to its input.
struct CLIPEncoderLayer: Sendable {
  private let norm1: LayerNorm
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let norm2: LayerNorm
  private let fc1: Linear
  private let fc2: Linear
  private let shape: CLIPEncoderShape

  init(_ weights: WeightScope, _ shape: CLIPEncoderShape) throws {
    let width = shape.width
    let attention = weights["self_attn"]
    let reading = Initial.normal(std: shape.inputDeviation)
    norm1 = try LayerNorm(weights["layer_norm1"], width: width, epsilon: shape.epsilon)
    query = try Linear(attention["q_proj"], from: width, to: width, initial: reading)
    key = try Linear(attention["k_proj"], from: width, to: width, initial: reading)
    value = try Linear(attention["v_proj"], from: width, to: width, initial: reading)
    output = try Linear(
      attention["out_proj"], from: width, to: width, initial: .normal(std: 1 / Float(width).squareRoot()))
    norm2 = try LayerNorm(weights["layer_norm2"], width: width, epsilon: shape.epsilon)
    fc1 = try Linear(
      weights["mlp.fc1"], from: width, to: shape.innerWidth, initial: .normal(std: 1 / Float(2 * width).squareRoot()))
    fc2 = try Linear(weights["mlp.fc2"], from: shape.innerWidth, to: width, initial: reading)
    self.shape = shape
  }

  /// (B, T, width) to the same.
  func callAsFunction(_ x: Tensor, causal: Bool) -> Tensor {
    let normed = norm1(x)
    let x = x + output(attention(query(normed), key(normed), value(normed), heads: shape.heads, causal: causal))
    return x + fc2(shape.activation(fc1(norm2(x))))
  }
}
