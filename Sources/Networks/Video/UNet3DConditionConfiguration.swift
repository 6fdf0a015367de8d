package import NegativeSpaceConfiguration
package import NegativeSpaceLayers

/// The config.json of a `UNet3DConditionModel`, with diffusers' defaults for what it leaves out.
package struct UNet3DConditionConfiguration: Sendable, Hashable {
  /// The block of one stage of the way down or up, by its class in diffusers.
  package enum DownBlock: String, Sendable, CaseIterable {
    case crossAttention = "CrossAttnDownBlock3D"
    case plain = "DownBlock3D"
  }

  package enum UpBlock: String, Sendable, CaseIterable {
    case crossAttention = "CrossAttnUpBlock3D"
    case plain = "UpBlock3D"
  }

  package var inChannels = 4
  package var outChannels = 4
  /// Height and width of the latents that it was trained on.
  package var sampleSize: Int?
  package var downBlocks: [DownBlock] = [.crossAttention, .crossAttention, .crossAttention, .plain]
  package var upBlocks: [UpBlock] = [.plain, .crossAttention, .crossAttention, .crossAttention]
  package var blockOutChannels = [320, 640, 1280, 1280]
  package var layersPerBlock = 2
  /// The WIDTH of a head, other than in `UNet2DConditionModel`.
  package var attentionHeadDim = 64
  package var crossAttentionDim = 1024
  package var normNumGroups = 32
  package var normEpsilon: Float = 1e-5

  package init() {}
}

extension UNet3DConditionConfiguration: ReadableConfiguration {
  package static let owner = "UNet3DConditionModel"

  package init(_ config: ConfigFile) throws {
    try config.refuseUNetVariants()
    inChannels = try config.size("in_channels", default: inChannels)
    outChannels = try config.size("out_channels", default: outChannels)
    sampleSize = try config.sizes("sample_size", default: []).first
    downBlocks = try config.choices("down_block_types", default: downBlocks)
    upBlocks = try config.choices("up_block_types", default: upBlocks)
    blockOutChannels = try config.sizes("block_out_channels", default: blockOutChannels)
    layersPerBlock = try config.integer("layers_per_block", default: layersPerBlock, in: 1...64)
    attentionHeadDim = try config.size("attention_head_dim", default: attentionHeadDim)
    crossAttentionDim = try config.size("cross_attention_dim", default: crossAttentionDim)
    normNumGroups = try config.size("norm_num_groups", default: normNumGroups)
    normEpsilon = try config.positive("norm_eps", default: normEpsilon)
    _ = try shape()
  }
}

extension UNet3DConditionConfiguration {
  /// The sizes of the blocks.
  ///
  /// - Throws: `ConfigurationError` where two values contradict each other.
  package func shape() throws -> UNetShape {
    let check = UNetConsistency(
      network: Self.owner, channels: blockOutChannels, downCount: downBlocks.count, upCount: upBlocks.count,
      groups: normNumGroups)
    try check.blocks()
    for channels in blockOutChannels where channels % attentionHeadDim != 0 {
      throw check.error(
        "attention_head_dim", found: "\(attentionHeadDim)",
        expected: "a width of heads that divides \(channels) channels")
    }
    let stages = blockOutChannels.map { channels in
      UNetShape.Stage(
        channels: channels, layers: layersPerBlock,
        attention: AttentionShape(
          heads: channels / attentionHeadDim, headWidth: attentionHeadDim, depth: 1, contextWidth: crossAttentionDim,
          projection: .linear))
    }
    return UNetShape(
      stages, attentionDown: downBlocks.map { $0 == .crossAttention },
      attentionUp: upBlocks.map { $0 == .crossAttention },
      groups: normNumGroups, epsilon: normEpsilon)
  }
}

extension UNet3DConditionConfiguration: DenoiserConfiguration {
  package static let pipelineClasses = ["TextToVideoSDPipeline", "VideoToVideoSDPipeline"]
  package static let layout = LatentLayout.clips

  package var blockLayers: [Int] { [layersPerBlock].forEach(of: blockOutChannels.count) }
  package var textWidth: Int { crossAttentionDim }
  package var latentSize: (height: Int, width: Int) { (sampleSize ?? 64, sampleSize ?? 64) }
  package var habits: DenoiserHabits { DenoiserHabits(guidanceScale: 9, frames: 16, strength: 0.6) }

  package func network(_ weights: WeightScope) throws -> any Denoiser { try UNet3DConditionModel(self, weights) }
}
