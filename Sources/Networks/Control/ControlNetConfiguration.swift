package import NegativeSpaceConfiguration

/// The config.json of a `ControlNetModel`, with diffusers' defaults for what it leaves out.
package struct ControlNetConfiguration: Sendable, Hashable {
  /// The order in which the colours of the control picture are read.
  package enum ChannelOrder: String, Sendable, CaseIterable {
    case rgb, bgr
  }

  /// The denoiser whose way down and middle it has; what that says of the way up means nothing.
  package var unet = UNet2DConditionConfiguration()
  /// Channels of the control picture.
  package var conditioningChannels = 3
  /// Channels at each resolution of the control picture; every one after the first halves it.
  package var conditioningEmbeddingOutChannels = [16, 32, 96, 256]
  /// Whether its residuals are averaged over the picture, so that nothing of place is left in them.
  package var globalPoolConditions = false
  package var channelOrder = ChannelOrder.rgb

  package init() {}

  /// Pixels of the control picture for one of the latents, in each direction.
  package var factor: Int { 1 << (conditioningEmbeddingOutChannels.count - 1) }
}

extension ControlNetConfiguration: ReadableConfiguration {
  package static let owner = "ControlNetModel"

  package init(_ config: ConfigFile) throws {
    try unet.readDownPath(config)
    unet.upBlocks = unet.downBlocks.reversed().map { $0 == .crossAttention ? .crossAttention : .plain }
    conditioningChannels = try config.size("conditioning_channels", default: conditioningChannels)
    conditioningEmbeddingOutChannels = try config.sizes(
      "conditioning_embedding_out_channels", default: conditioningEmbeddingOutChannels)
    guard (1...8).contains(conditioningEmbeddingOutChannels.count) else {
      throw config.error(
        "conditioning_embedding_out_channels", found: "\(conditioningEmbeddingOutChannels.count) of them",
        expected: "1 to 8, one for each resolution")
    }
    globalPoolConditions = try config.bool("global_pool_conditions", default: globalPoolConditions)
    channelOrder = try config.choice("controlnet_conditioning_channel_order", default: channelOrder)
    _ = try shape()
  }
}

extension ControlNetConfiguration {
  /// The sizes of the blocks.
  ///
  /// - Throws: `ConfigurationError` where two values contradict each other.
  package func shape() throws -> UNetShape { try unet.shape(of: Self.owner) }
}
