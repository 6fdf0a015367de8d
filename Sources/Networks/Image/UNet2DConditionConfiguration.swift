package import NegativeSpaceLayers

/// The config.json of a `UNet2DConditionModel`, with diffusers' defaults for what it leaves out.
package struct UNet2DConditionConfiguration: Sendable, Hashable {
  /// What one stage of the way down or up consists of.
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

extension UNet2DConditionConfiguration: Decodable {
  package init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader("UNet2DConditionModel", decoder)
    try readDownPath(reader)
    outChannels = try reader.integer("out_channels", or: outChannels)
    sampleSize = try reader.integers("sample_size", or: []).first
    upBlocks = try reader.choices("up_block_types", or: upBlocks)
    convInKernel = try reader.integer("conv_in_kernel", or: convInKernel, in: 1...15)
    convOutKernel = try reader.integer("conv_out_kernel", or: convOutKernel, in: 1...15)
    _ = try shape()
  }

  /// Reads what the way down and the middle need: all that a ControlNet shares with its denoiser.
  mutating func readDownPath(_ reader: ConfigurationReader) throws {
    try reader.refuseUNetVariants()
    try reader.refuse("mid_block_type", except: "UNetMidBlock2DCrossAttn")
    inChannels = try reader.integer("in_channels", or: inChannels)
    downBlocks = try reader.choices("down_block_types", or: downBlocks)
    blockOutChannels = try reader.integers("block_out_channels", or: blockOutChannels)
    layersPerBlock = try reader.integers("layers_per_block", or: layersPerBlock, in: 1...64)
    attentionHeadDim = try reader.integers("attention_head_dim", or: attentionHeadDim)
    transformerLayersPerBlock = try reader.integers(
      "transformer_layers_per_block", or: transformerLayersPerBlock, in: 1...64)
    crossAttentionDim = try reader.integer("cross_attention_dim", or: crossAttentionDim)
    useLinearProjection = try reader.flag("use_linear_projection", or: useLinearProjection)
    normNumGroups = try reader.integer("norm_num_groups", or: normNumGroups)
    normEpsilon = try reader.positive("norm_eps", or: normEpsilon)
    flipSinToCos = try reader.flag("flip_sin_to_cos", or: flipSinToCos)
    freqShift = try reader.integer("freq_shift", or: freqShift, in: 0...1)
  }
}

extension UNet2DConditionConfiguration {
  /// The sizes of the blocks.
  ///
  /// - Throws: `ConfigurationError` where two values contradict each other.
  package func shape() throws -> UNetShape { try shape(of: "UNet2DConditionModel") }

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
  package static let className = "UNet2DConditionModel"
  package static let pipelineClasses = [
    "StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline",
  ]
  package static let layout = LatentLayout.pictures

  package var blockLayers: [Int] { layersPerBlock.forEach(of: blockOutChannels.count) }
  package var textWidth: Int { crossAttentionDim }
  package var latentSize: (height: Int, width: Int) { (sampleSize ?? 64, sampleSize ?? 64) }
  package var habits: DenoiserHabits { DenoiserHabits(guidanceScale: 7.5) }

  package func network(_ weights: WeightScope) throws -> any Denoiser { try UNet2DConditionModel(self, weights) }
}
