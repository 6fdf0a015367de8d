package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The autoencoder between pictures and latents (arXiv:2112.10752), keyed as in diffusers.
///
/// Latents here are as the encoder makes them; the denoiser's are these times `configuration.scalingFactor`.
package struct AutoencoderKL: Sendable {
  package let configuration: AutoencoderKLConfiguration
  private let encoder: AutoencoderEncoder
  private let decoder: AutoencoderDecoder
  private let quantConv: Convolution2D?
  private let postQuantConv: Convolution2D?

  /// - Throws: `ConfigurationError`, or the weight source's own error.
  package init(_ configuration: AutoencoderKLConfiguration, _ weights: WeightScope) throws {
    try configuration.validate()
    self.configuration = configuration
    let latents = configuration.latentChannels
    encoder = try AutoencoderEncoder(configuration, weights["encoder"])
    decoder = try AutoencoderDecoder(configuration, weights["decoder"])
    quantConv =
      try configuration.useQuantConv
      ? Convolution2D(weights["quant_conv"], from: 2 * latents, to: 2 * latents, kernel: 1) : nil
    postQuantConv =
      try configuration.usePostQuantConv
      ? Convolution2D(weights["post_quant_conv"], from: latents, to: latents, kernel: 1) : nil
  }

  /// The distribution of the latents of pictures (N, H, W, inChannels) in -1…1: (N, H/factor, W/factor,
  /// latentChannels).
  package func encode(_ pictures: Tensor) -> DiagonalGaussian {
    let moments = encoder(pictures.cast(to: encoder.convIn.weight.dtype))
    return DiagonalGaussian(moments: (quantConv?(moments) ?? moments).cast(to: pictures.dtype))
  }

  /// Pictures (N, H·factor, W·factor, outChannels), nearly in -1…1, of latents (N, H, W, latentChannels).
  ///
  /// - Parameter isCheckpointed: whether gradients recompute each block instead of remembering its inside.
  package func decode(_ latents: Tensor, isCheckpointed: Bool = false) -> Tensor {
    let z = latents.cast(to: decoder.convIn.weight.dtype)
    let pictures = decoder(postQuantConv?(z) ?? z) { x, block in
      isCheckpointed ? checkpoint([x]) { block($0[0]) } : block(x)
    }
    return pictures.cast(to: latents.dtype)
  }
}

extension AutoencoderKL: LatentCodec {
  package var canEncode: Bool { true }
  package var hasSpread: Bool { true }

  package func decoded(_ latents: Tensor, isCheckpointed: Bool) -> Tensor {
    decode(latents, isCheckpointed: isCheckpointed)
  }

  package func decodedInTiles(_ latents: Tensor) -> Tensor { decodeInTiles(latents) }

  package func encoded(_ frames: [Tensor], noise: ([Int]) throws -> Tensor) rethrows -> Tensor {
    let moments = frames.map { frame in
      let found = encode(frame)
      return Tensor.concatenate([found.mean, found.logVariance], axis: 3)
    }
    let all = DiagonalGaussian(moments: Tensor.concatenate(moments, axis: 0))
    return all.sample(noise: try noise(all.mean.shape))
  }
}
