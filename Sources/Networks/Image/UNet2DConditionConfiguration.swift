package import NegativeSpaceConfiguration
package import NegativeSpaceLayers

/// The config.json of a `UNet2DConditionModel`, with diffusers' defaults for what it leaves out.
package struct UNet2DConditionConfiguration: Sendable, Hashable {
  /// The block of one stage of the way down or up, by its class in diffusers.
  package enum DownBlock: String, Sendable, CaseIterable {
    case crossAttention = "CrossAttnDownBlock2D"
    case plain = "DownBlock2D"
  }

  package enum UpBlock: String, Sendable, CaseIterable {
    case crossAttention = "CrossAttnUpBlock2D"
    case plain = "UpBlock2D"
  }

  package var inChannels = 4
  package var outChannels = 4
  /// Height and width of the latents that it was trained on.
  package var sampleSize: Int?
  package var downBlocks: [DownBlock] = [.crossAttention, .crossAttention, .crossAttention, .plain]
  package var upBlocks: [UpBlock] = [.plain, .crossAttention, .crossAttention, .crossAttention]
  package var blockOutChannels = [320, 640, 1280, 1280]
  /// One for all blocks, or one each; so are the next two.
  package var layersPerBlock = [2]
  /// The NUMBER of heads, whatever diffusers calls it.
  package var attentionHeadDim = [8]
  package var transformerLayersPerBlock = [1]
  package var crossAttentionDim = 1280
  package var useLinearProjection = false
  package var normNumGroups = 32
  package var normEpsilon: Float = 1e-5
  package var convInKernel = 3
  package var convOutKernel = 3
  package var flipSinToCos = true
  package var freqShift = 0

  package init() {}
}

extension UNet2DConditionConfiguration: ReadableConfiguration {
  package static let owner = "UNet2DConditionModel"

  package init(_ config: ConfigFile) throws {
    try readDownPath(config)
    outChannels = try config.size("out_channels", default: outChannels)
    sampleSize = try config.sizes("sample_size", default: []).first
    upBlocks = try config.choices("up_block_types", default: upBlocks)
    convInKernel = try config.integer("conv_in_kernel", default: convInKernel, in: 1...15)
    convOutKernel = try config.integer("conv_out_kernel", default: convOutKernel, in: 1...15)
    _ = try shape()
  }

  /// Reads what the way down and the middle need: all that a ControlNet shares with its denoiser.
  mutating func readDownPath(_ config: ConfigFile) throws {
    try config.refuseUNetVariants()
    try config.refuse("mid_block_type", except: "UNetMidBlock2DCrossAttn")
    inChannels = try config.size("in_channels", default: inChannels)
    downBlocks = try config.choices("down_block_types", default: downBlocks)
    blockOutChannels = try config.sizes("block_out_channels", default: blockOutChannels)
    layersPerBlock = try config.integers("layers_per_block", default: layersPerBlock, in: 1...64)
    attentionHeadDim = try config.sizes("attention_head_dim", default: attentionHeadDim)
    transformerLayersPerBlock = try config.integers(
      "transformer_layers_per_block", default: transformerLayersPerBlock, in: 1...64)
    crossAttentionDim = try config.size("cross_attention_dim", default: crossAttentionDim)
    useLinearProjection = try config.bool("use_linear_projection", default: useLinearProjection)
    normNumGroups = try config.size("norm_num_groups", default: normNumGroups)
    normEpsilon = try config.positive("norm_eps", default: normEpsilon)
    flipSinToCos = try config.bool("flip_sin_to_cos", default: flipSinToCos)
    freqShift = try config.integer("freq_shift", default: freqShift, in: 0...1)
  }
}

extension UNet2DConditionConfiguration {
  /// The sizes of the blocks.
  ///
  /// - Throws: `ConfigurationError` where two values contradict each other.
  package func shape() throws -> UNetShape { try shape(of: Self.owner) }

  /// - Parameter network: the class, for messages.
  func shape(of network: String) throws -> UNetShape {
    let check = UNetConsistency(
      network: network, channels: blockOutChannels, downCount: downBlocks.count, upCount: upBlocks.count,
      groups: normNumGroups)
    try check.blocks()
    let layers = try check.perBlock("layers_per_block", layersPerBlock)
    let heads = try check.perBlock("attention_head_dim", attentionHeadDim)
    let depths = try check.perBlock("transformer_layers_per_block", transformerLayersPerBlock)
    for (channels, heads) in zip(blockOutChannels, heads) where channels % heads != 0 {
      throw check.error(
        "attention_head_dim", found: "\(heads)", expected: "a number of heads that divides \(channels) channels")
    }
    let stages = blockOutChannels.indices.map { index in
      UNetShape.Stage(
        channels: blockOutChannels[index], layers: layers[index],
        attention: AttentionShape(
          heads: heads[index], headWidth: blockOutChannels[index] / heads[index], depth: depths[index],
          contextWidth: crossAttentionDim, projection: useLinearProjection ? .linear : .pointwise))
    }
    return UNetShape(
      stages, attentionDown: downBlocks.map { $0 == .crossAttention },
      attentionUp: upBlocks.map { $0 == .crossAttention },
      groups: normNumGroups, epsilon: normEpsilon)
  }
}

extension UNet2DConditionConfiguration: DenoiserConfiguration {
  package static let pipelineClasses = [
    "StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline",
    // The same parts with others beside them, which options name here.
    "StableDiffusionControlNetPipeline", "StableDiffusionControlNetImg2ImgPipeline",
    "StableDiffusionControlNetInpaintPipeline", "StableDiffusionPAGPipeline", "LatentConsistencyModelPipeline",
    "LatentConsistencyModelImg2ImgPipeline", "AnimateDiffPipeline", "AnimateDiffVideoToVideoPipeline",
    "AnimateDiffControlNetPipeline", "AnimateDiffSparseControlNetPipeline",
  ]
  package static let layout = LatentLayout.pictures

  package var blockLayers: [Int] { layersPerBlock.forEach(of: blockOutChannels.count) }
  package var textWidth: Int { crossAttentionDim }
  package var latentSize: (height: Int, width: Int) { (sampleSize ?? 64, sampleSize ?? 64) }
  package var habits: DenoiserHabits { DenoiserHabits(guidanceScale: 7.5) }

  package func network(_ weights: WeightScope) throws -> any Denoiser { try UNet2DConditionModel(self, weights) }
}
