package import NegativeSpaceLayers

/// The config.json of an `AutoencoderKL`, with diffusers' defaults for what it leaves out.
package struct AutoencoderKLConfiguration: Sendable, Hashable {
  package var inChannels = 3
  package var outChannels = 3
  package var blockOutChannels = [64]
  package var layersPerBlock = 1
  package var latentChannels = 4
  package var normNumGroups = 32
  /// What latents are multiplied with for the denoiser: 0.18215 where an old file does not say.
  package var scalingFactor: Float = 0.18215
  package var useQuantConv = true
  package var usePostQuantConv = true
  package var midBlockAddAttention = true

  package init() {}

  /// Pixels of the picture for one of the latents, in each direction.
  package var factor: Int { 1 << (blockOutChannels.count - 1) }
}

extension AutoencoderKLConfiguration: Decodable {
  private enum DownBlock: String, CaseIterable { case encoder = "DownEncoderBlock2D" }
  private enum UpBlock: String, CaseIterable { case decoder = "UpDecoderBlock2D" }

  package init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader("AutoencoderKL", decoder)
    try reader.refuse("act_fn", except: "silu", "swish")
    for field in ["shift_factor", "latents_mean", "latents_std"] { try reader.refuse(field) }
    inChannels = try reader.integer("in_channels", or: inChannels)
    outChannels = try reader.integer("out_channels", or: outChannels)
    blockOutChannels = try reader.integers("block_out_channels", or: blockOutChannels)
    layersPerBlock = try reader.integer("layers_per_block", or: layersPerBlock, in: 1...64)
    latentChannels = try reader.integer("latent_channels", or: latentChannels)
    normNumGroups = try reader.integer("norm_num_groups", or: normNumGroups)
    scalingFactor = try reader.positive("scaling_factor", or: scalingFactor)
    useQuantConv = try reader.flag("use_quant_conv", or: useQuantConv)
    usePostQuantConv = try reader.flag("use_post_quant_conv", or: usePostQuantConv)
    midBlockAddAttention = try reader.flag("mid_block_add_attention", or: midBlockAddAttention)
    let blocks = (
      try reader.choices("down_block_types", or: [DownBlock.encoder]).count,
      try reader.choices("up_block_types", or: [UpBlock.decoder]).count
    )
    guard blocks == (blockOutChannels.count, blockOutChannels.count) else {
      throw reader.error(
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
      throw ConfigurationError(
        "AutoencoderKL", "block_out_channels", found: "\(blockOutChannels.count) blocks", expected: "1 to 16 blocks")
    }
    for channels in blockOutChannels where channels % normNumGroups != 0 {
      throw ConfigurationError(
        "AutoencoderKL", "norm_num_groups", found: "\(normNumGroups)", expected: "a divisor of \(channels) channels")
    }
  }
}

extension AutoencoderKLConfiguration: LatentCodecConfiguration {
  package static let className = "AutoencoderKL"
  package var scaling: LatentScaling { LatentScaling(factor: scalingFactor) }

  package func codec(_ weights: WeightScope) throws -> any LatentCodec { try AutoencoderKL(self, weights) }
}
