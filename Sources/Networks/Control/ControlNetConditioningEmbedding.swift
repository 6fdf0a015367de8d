import NegativeSpaceLayers
import NegativeSpaceTensors

/// Brings a control picture to the size and the channels of a UNet's first states (arXiv:2302.05543, section 3.2).
struct ControlNetConditioningEmbedding: Sendable {
  private let convIn: Convolution2D
  private let blocks: [Convolution2D]
  private let convOut: Convolution2D

  init(_ weights: WeightScope, from inputs: Int, through channels: [Int], to outputs: Int) throws {
    convIn = try Convolution2D(weights["conv_in"], from: inputs, to: channels[0])
    blocks = try zip(channels, channels.dropFirst()).enumerated().flatMap { index, pair in
      [
        try Convolution2D(weights["blocks"][2 * index], from: pair.0, to: pair.0),
        try Convolution2D(weights["blocks"][2 * index + 1], from: pair.0, to: pair.1, stride: 2),
      ]
    }
    convOut = try Convolution2D(weights["conv_out"], from: channels[channels.count - 1], to: outputs, initial: .zeros)
  }

  /// (N, H, W, inputs) to (N, h, w, outputs), each side halved and rounded up once for every further resolution.
  func callAsFunction(_ picture: Tensor) -> Tensor {
    let x = convIn(picture.cast(to: convIn.weight.dtype)).silu()
    return convOut(blocks.reduce(x) { $1($0).silu() })
  }
}
