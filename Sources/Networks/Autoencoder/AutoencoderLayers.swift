import NegativeSpaceLayers
import NegativeSpaceTensors

/// The pixels of a picture look at each other with one head as wide as the channels; added to the input.
struct AutoencoderAttention: Sendable {
  private let norm: GroupNorm
  private let toQ: Linear
  private let toK: Linear
  private let toV: Linear
  private let toOut: Linear

  init(_ weights: WeightScope, channels: Int, groups: Int) throws {
    norm = try GroupNorm(weights["group_norm"], channels: channels, groups: groups, epsilon: 1e-6)
    toQ = try Linear(weights["to_q"], from: channels, to: channels)
    toK = try Linear(weights["to_k"], from: channels, to: channels)
    toV = try Linear(weights["to_v"], from: channels, to: channels)
    toOut = try Linear(weights["to_out"][0], from: channels, to: channels)
  }

  /// (N, H, W, C) to the same.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let tokens = norm(x).reshaped([x.size(0), x.size(1) * x.size(2), x.size(3)])  // (N, H·W, C)
    return x + toOut(attention(toQ(tokens), toK(tokens), toV(tokens), heads: 1)).reshaped(x.shape)
  }
}

/// The middle of the encoder and of the decoder: resnet, attention, resnet.
struct AutoencoderMidBlock: Sendable {
  private let first: ResnetBlock2D
  private let attention: AutoencoderAttention?
  private let second: ResnetBlock2D

  init(_ weights: WeightScope, channels: Int, groups: Int, hasAttention: Bool) throws {
    func resnet(_ index: Int) throws -> ResnetBlock2D {
      try ResnetBlock2D(
        weights["resnets"][index], from: channels, to: channels, timeWidth: nil, groups: groups, epsilon: 1e-6)
    }
    first = try resnet(0)
    attention =
      try hasAttention ? AutoencoderAttention(weights["attentions"][0], channels: channels, groups: groups) : nil
    second = try resnet(1)
  }

  /// (N, H, W, C) to the same.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let x = first(x)
    return second(attention?(x) ?? x)
  }
}

/// Resnets at one resolution of the encoder or the decoder.
struct AutoencoderBlock: Sendable {
  private let resnets: [ResnetBlock2D]

  init(_ weights: WeightScope, from inputs: Int, to outputs: Int, count: Int, groups: Int) throws {
    resnets = try (0..<count).map {
      try ResnetBlock2D(
        weights["resnets"][$0], from: $0 == 0 ? inputs : outputs, to: outputs, timeWidth: nil, groups: groups,
        epsilon: 1e-6)
    }
  }

  /// (N, H, W, inputs) to (N, H, W, outputs).
  func callAsFunction(_ x: Tensor) -> Tensor { resnets.reduce(x) { $1($0) } }
}
