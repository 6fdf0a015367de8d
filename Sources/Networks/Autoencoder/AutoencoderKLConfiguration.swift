package import NegativeSpaceConfiguration
package import NegativeSpaceLayers

/// The config.json of an `AutoencoderKL`, with diffusers' defaults for what it leaves out.
package struct AutoencoderKLConfiguration: Sendable, Hashable {
  package var inChannels = 3
  package var outChannels = 3
  package var blockOutChannels = [64]
  package var layersPerBlock = 1
  package var latentChannels = 4
  package var normNumGroups = 32
  /// Factor from the codec's latents to the denoiser's: 0.18215 where an old file does not say.
  package var scalingFactor: Float = 0.18215
  package var useQuantConv = true
  package var usePostQuantConv = true
  package var midBlockAddAttention = true

  package init() {}

  /// Pixels of the picture for one of the latents, in each direction.
  package var factor: Int { 1 << (blockOutChannels.count - 1) }
}

extension AutoencoderKLConfiguration: ReadableConfiguration {
  package static let owner = "AutoencoderKL"

  private enum DownBlock: String, CaseIterable { case encoder = "DownEncoderBlock2D" }
  private enum UpBlock: String, CaseIterable { case decoder = "UpDecoderBlock2D" }

  package init(_ config: ConfigFile) throws {
    try config.refuse("act_fn", except: "silu", "swish")
    for field in ["shift_factor", "latents_mean", "latents_std"] { try config.refuse(field) }
    inChannels = try config.size("in_channels", default: inChannels)
    outChannels = try config.size("out_channels", default: outChannels)
    blockOutChannels = try config.sizes("block_out_channels", default: blockOutChannels)
    layersPerBlock = try config.integer("layers_per_block", default: layersPerBlock, in: 1...64)
    latentChannels = try config.size("latent_channels", default: latentChannels)
    normNumGroups = try config.size("norm_num_groups", default: normNumGroups)
    scalingFactor = try config.positive("scaling_factor", default: scalingFactor)
    useQuantConv = try config.bool("use_quant_conv", default: useQuantConv)
    usePostQuantConv = try config.bool("use_post_quant_conv", default: usePostQuantConv)
    midBlockAddAttention = try config.bool("mid_block_add_attention", default: midBlockAddAttention)
    let blocks = (
      try config.choices("down_block_types", default: [DownBlock.encoder]).count,
      try config.choices("up_block_types", default: [UpBlock.decoder]).count
    )
    guard blocks == (blockOutChannels.count, blockOutChannels.count) else {
      throw config.error(
        "block_out_channels", found: "\(blockOutChannels)",
        expected: "one for each of \(blocks.0) down_block_types and of \(blocks.1) up_block_types")
    }
    try validate()
  }
}

extension AutoencoderKLConfiguration {
  /// - Throws: `ConfigurationError` where two values contradict each other.
  func validate() throws {
    guard (1...16).contains(blockOutChannels.count) else {
      throw ConfigurationError.wrongValue(
        owner: Self.owner, key: "block_out_channels", found: "\(blockOutChannels.count) blocks",
        expected: "1 to 16 blocks")
    }
    for channels in blockOutChannels where channels % normNumGroups != 0 {
      throw ConfigurationError.wrongValue(
        owner: Self.owner, key: "norm_num_groups", found: "\(normNumGroups)",
        expected: "a divisor of \(channels) channels")
    }
  }
}

extension AutoencoderKLConfiguration: LatentCodecConfiguration {
  package var scaling: LatentScaling { LatentScaling(factor: scalingFactor) }

  package func codec(_ weights: WeightScope) throws -> any LatentCodec { try AutoencoderKL(self, weights) }
}
