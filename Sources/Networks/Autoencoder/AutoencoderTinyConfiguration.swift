package import NegativeSpaceConfiguration
package import NegativeSpaceLayers

/// The config.json of an `AutoencoderTiny`, with diffusers' defaults for what it leaves out: TAESD's.
package struct AutoencoderTinyConfiguration: Sendable, Hashable {
  package var inChannels = 3
  package var outChannels = 3
  /// The same for all blocks.
  package var encoderBlockOutChannels = [64, 64, 64, 64]
  package var decoderBlockOutChannels = [64, 64, 64, 64]
  package var numEncoderBlocks = [1, 3, 3, 3]
  package var numDecoderBlocks = [3, 3, 3, 1]
  package var latentChannels = 4
  /// Factor from the codec's latents to the denoiser's: 1, as TAESD's are the denoiser's.
  package var scalingFactor: Float = 1

  package init() {}

  /// Pixels of the picture for one of the latents, in each direction.
  package var factor: Int { 1 << (decoderBlockOutChannels.count - 1) }
}

extension AutoencoderTinyConfiguration: ReadableConfiguration {
  package static let owner = "AutoencoderTiny"

  package init(_ config: ConfigFile) throws {
    try config.refuse("act_fn", except: "relu")
    try config.refuse("upsample_fn", except: "nearest")
    try config.refuse("upsampling_scaling_factor", except: "2")
    inChannels = try config.size("in_channels", default: inChannels)
    outChannels = try config.size("out_channels", default: outChannels)
    encoderBlockOutChannels = try config.sizes("encoder_block_out_channels", default: encoderBlockOutChannels)
    decoderBlockOutChannels = try config.sizes("decoder_block_out_channels", default: decoderBlockOutChannels)
    numEncoderBlocks = try config.integers("num_encoder_blocks", default: numEncoderBlocks, in: 1...64)
    numDecoderBlocks = try config.integers("num_decoder_blocks", default: numDecoderBlocks, in: 1...64)
    latentChannels = try config.size("latent_channels", default: latentChannels)
    scalingFactor = try config.positive("scaling_factor", default: scalingFactor)
    try validate()
  }
}

extension AutoencoderTinyConfiguration {
  /// - Throws: `ConfigurationError` where two values contradict each other.
  package func validate() throws {
    try validate("encoder", encoderBlockOutChannels, numEncoderBlocks)
    try validate("decoder", decoderBlockOutChannels, numDecoderBlocks)
    guard encoderBlockOutChannels.count == decoderBlockOutChannels.count else {
      throw ConfigurationError.wrongValue(
        owner: Self.owner, key: "encoder_block_out_channels", found: "\(encoderBlockOutChannels.count) blocks",
        expected: "\(decoderBlockOutChannels.count), as decoder_block_out_channels has")
    }
  }

  private func validate(_ half: String, _ channels: [Int], _ blocks: [Int]) throws {
    guard (1...16).contains(channels.count), channels.count == blocks.count else {
      throw ConfigurationError.wrongValue(
        owner: Self.owner, key: "num_\(half)_blocks", found: "\(blocks)",
        expected: "one for each of \(half)_block_out_channels \(channels), 1 to 16 of them")
    }
    guard blocks.allSatisfy({ (1...64).contains($0) }) else {
      throw ConfigurationError.wrongValue(
        owner: Self.owner, key: "num_\(half)_blocks", found: "\(blocks)", expected: "1 to 64 each")
    }
    // Nothing between two blocks changes their width.
    guard Set(channels).count == 1, (1...65536).contains(channels[0]) else {
      throw ConfigurationError.wrongValue(
        owner: Self.owner, key: "\(half)_block_out_channels", found: "\(channels)",
        expected: "the same for all blocks, 1 to 65536")
    }
  }
}

extension AutoencoderTinyConfiguration: LatentCodecConfiguration {
  package var scaling: LatentScaling { LatentScaling(factor: scalingFactor) }

  package func codec(_ weights: WeightScope) throws -> any LatentCodec { try AutoencoderTiny(self, weights) }
}
