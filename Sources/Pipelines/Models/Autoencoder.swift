package import NegativeSpaceNetworks
package import NegativeSpaceTensors

/// The way between pictures and latents, whichever class it is of.
package enum Autoencoder: Sendable {
  case kl(AutoencoderKL)
  /// TAESD.
  case tiny(AutoencoderTiny)

  /// Pictures (N, H, W, 3), nearly in -1…1, of latents (N, h, w, C) as the denoiser sees them.
  ///
  /// - Parameter isCheckpointed: whether gradients recompute each block of a large decoder instead of remembering its inside.
  package func decode(_ latents: Tensor, isCheckpointed: Bool = false) -> Tensor {
    switch self {
    case .kl(let network):
      network.decode(latents / network.configuration.scalingFactor, isCheckpointed: isCheckpointed)
    case .tiny(let network): network.decode(latents / network.configuration.scalingFactor)
    }
  }

  /// The same piece by piece, with the memory of one piece; as a whole where the decoder is small anyway.
  package func decodeInTiles(_ latents: Tensor) -> Tensor {
    switch self {
    case .kl(let network): network.decodeInTiles(latents / network.configuration.scalingFactor)
    case .tiny: decode(latents)
    }
  }

  /// Pixels of the picture for one of the latents, in each direction.
  package var factor: Int {
    switch self {
    case .kl(let network): network.configuration.factor
    case .tiny(let network): network.configuration.factor
    }
  }

  /// Latents (N, h, w, C) as the denoiser sees them, of pictures (1, H, W, 3) in -1…1, encoded one at a time.
  ///
  /// - Parameter noise: standard normal noise of that shape, asked for where the encoder leaves a spread.
  /// - Throws: `ModelError.noEncoder`, what `noise` throws.
  package func encode(_ pictures: [Tensor], noise: ([Int]) throws -> Tensor) throws -> Tensor {
    switch self {
    case .kl(let network):
      let moments = pictures.map { picture in
        let found = network.encode(picture)
        return Tensor.concatenate([found.mean, found.logVariance], axis: 3)
      }
      let all = DiagonalGaussian(moments: Tensor.concatenate(moments, axis: 0))
      return network.configuration.scalingFactor * all.sample(noise: try noise(all.mean.shape))
    case .tiny(let network):
      let latents = try pictures.map { picture in
        guard let latents = network.encode(picture) else { throw ModelError.noEncoder }
        return latents
      }
      return network.configuration.scalingFactor * Tensor.concatenate(latents, axis: 0)
    }
  }

  /// Whether encoding takes noise.
  package var hasSpread: Bool {
    if case .kl = self { true } else { false }
  }
}

/// An autoencoder's configuration, whichever class it is of.
package enum AutoencoderConfiguration: Sendable, Hashable {
  case kl(AutoencoderKLConfiguration)
  case tiny(AutoencoderTinyConfiguration)

  /// Channels of the latents.
  package var latentChannels: Int {
    switch self {
    case .kl(let configuration): configuration.latentChannels
    case .tiny(let configuration): configuration.latentChannels
    }
  }

  /// Channels of the pictures that go in.
  package var inChannels: Int {
    switch self {
    case .kl(let configuration): configuration.inChannels
    case .tiny(let configuration): configuration.inChannels
    }
  }

  /// Channels of the pictures that come out.
  package var outChannels: Int {
    switch self {
    case .kl(let configuration): configuration.outChannels
    case .tiny(let configuration): configuration.outChannels
    }
  }

  /// Pixels of the picture for one of the latents, in each direction.
  package var factor: Int {
    switch self {
    case .kl(let configuration): configuration.factor
    case .tiny(let configuration): configuration.factor
    }
  }
}

extension AutoencoderConfiguration: Decodable {
  private enum CodingKeys: String, CodingKey { case className = "_class_name" }

  package init(from decoder: any Decoder) throws {
    let name = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .className)
    switch name ?? "AutoencoderKL" {
    case "AutoencoderKL": self = .kl(try AutoencoderKLConfiguration(from: decoder))
    case "AutoencoderTiny": self = .tiny(try AutoencoderTinyConfiguration(from: decoder))
    case let other:
      throw ConfigurationError(
        "the autoencoder", "_class_name", found: other, expected: "AutoencoderKL or AutoencoderTiny")
    }
  }
}
