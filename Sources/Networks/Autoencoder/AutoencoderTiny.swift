import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// TAESD, the tiny autoencoder that imitates a model's own (github.com/madebyollin/taesd), keyed as in diffusers.
///
/// Its latents are the denoiser's, without any scaling. It says no spread: the same picture has always the same
/// latents.
package struct AutoencoderTiny: Sendable {
  package let configuration: AutoencoderTinyConfiguration
  private let encoder: [AutoencoderTinyLayer]?
  private let decoder: [AutoencoderTinyLayer]
  private let dtype: DataType

  /// - Parameter hasEncoder: whether there are weights for encoding too.
  /// - Throws: `ConfigurationError`, or the weight source's own error.
  package init(_ configuration: AutoencoderTinyConfiguration, _ weights: WeightScope, hasEncoder: Bool = true) throws {
    try configuration.validate()
    self.configuration = configuration
    encoder = try hasEncoder ? Self.encoder(configuration, weights["encoder.layers"]) : nil
    let place = weights["decoder.layers"]
    let first = try Convolution2D(
      place[0], from: configuration.latentChannels, to: configuration.decoderBlockOutChannels[0])
    decoder = try Self.decoder(configuration, place, after: first)
    dtype = first.weight.dtype
  }

  /// Latents (N, H/factor, W/factor, latentChannels) of pictures (N, H, W, inChannels) in -1…1; nil without an encoder.
  package func encode(_ pictures: Tensor) -> Tensor? {
    encoder?.reduce((pictures.cast(to: dtype) + 1) / 2) { $1($0) }.cast(to: pictures.dtype)
  }

  /// Pictures (N, H·factor, W·factor, outChannels), nearly in -1…1, of latents (N, H, W, latentChannels).
  package func decode(_ latents: Tensor) -> Tensor {
    let bounded = ((latents / 3).tanh() * 3).cast(to: dtype)
    return (decoder.reduce(bounded) { $1($0) } * 2 - 1).cast(to: latents.dtype)
  }

  private static func encoder(
    _ configuration: AutoencoderTinyConfiguration, _ weights: WeightScope
  ) throws -> [AutoencoderTinyLayer] {
    var layers: [AutoencoderTinyLayer] = []
    var inputs = configuration.inChannels
    for (stage, (width, count)) in zip(
      configuration.encoderBlockOutChannels, configuration.numEncoderBlocks
    ).enumerated() {
      let place = weights[layers.count]
      layers.append(
        .convolution(
          stage == 0
            ? try Convolution2D(place, from: inputs, to: width)
            : try Convolution2D(place, from: inputs, to: width, stride: 2, bias: false)))
      for _ in 0..<count { layers.append(.block(try AutoencoderTinyBlock(weights[layers.count], channels: width))) }
      inputs = width
    }
    layers.append(
      .convolution(try Convolution2D(weights[layers.count], from: inputs, to: configuration.latentChannels)))
    return layers
  }

  private static func decoder(
    _ configuration: AutoencoderTinyConfiguration, _ weights: WeightScope, after first: Convolution2D
  ) throws -> [AutoencoderTinyLayer] {
    let width = configuration.decoderBlockOutChannels[0]
    var layers: [AutoencoderTinyLayer] = [.convolution(first), .relu]
    for (stage, count) in configuration.numDecoderBlocks.enumerated() {
      for _ in 0..<count { layers.append(.block(try AutoencoderTinyBlock(weights[layers.count], channels: width))) }
      let isLast = stage == configuration.numDecoderBlocks.count - 1
      if !isLast { layers.append(.upsample) }
      layers.append(
        .convolution(
          try Convolution2D(
            weights[layers.count], from: width, to: isLast ? configuration.outChannels : width, bias: isLast)))
    }
    return layers
  }
}

/// One entry of the encoder's or decoder's list, which its index in the file counts.
enum AutoencoderTinyLayer: Sendable {
  case convolution(Convolution2D)
  case block(AutoencoderTinyBlock)
  case relu
  /// Each pixel four times.
  case upsample

  func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .convolution(let layer): layer(x)
    case .block(let block): block(x)
    case .relu: x.relu()
    case .upsample: x.upsampledNearest(by: 2)
    }
  }
}

/// Three convolutions with ReLU between them, added to the input.
struct AutoencoderTinyBlock: Sendable {
  private let first: Convolution2D
  private let second: Convolution2D
  private let third: Convolution2D

  init(_ weights: WeightScope, channels: Int) throws {
    func convolution(_ index: Int) throws -> Convolution2D {
      try Convolution2D(weights["conv"][index], from: channels, to: channels)
    }
    (first, second, third) = (try convolution(0), try convolution(2), try convolution(4))
  }

  /// (N, H, W, C) to the same.
  func callAsFunction(_ x: Tensor) -> Tensor { (third(second(first(x).relu()).relu()) + x).relu() }
}

extension AutoencoderTiny: LatentCodec {
  package var canEncode: Bool { encoder != nil }
  package var hasSpread: Bool { false }

  package func decoded(_ latents: Tensor, isCheckpointed: Bool) -> Tensor { decode(latents) }

  package func decodedInTiles(_ latents: Tensor) -> Tensor { decode(latents) }

  package func encoded(_ frames: [Tensor], noise: ([Int]) throws -> Tensor) rethrows -> Tensor {
    Tensor.concatenate(frames.compactMap(encode), axis: 0)
  }
}
