package import NegativeSpaceConfiguration
package import NegativeSpaceLayers

/// The settings of `UNetModel` (lvdm/modules/networks/openaimodel3d.py) in VideoCrafter's yaml, with that class's
/// defaults.
package struct LVDMUNetConfiguration: Sendable, Hashable {
  package var inChannels = 4
  package var outChannels = 4
  package var modelChannels = 320
  /// Each level's channels are these times `modelChannels`; fractions are ours.
  package var channelMult = [1.0, 2, 4, 4]
  /// Factors by which the sides are reduced at the levels that have transformers.
  package var attentionResolutions = [4, 2, 1]
  package var numResBlocks = 2
  /// Width of a head; each level has as many heads as its channels give.
  package var numHeadChannels = 64
  package var transformerDepth = 1
  package var temporalTransformerDepth = 1
  package var contextDim = 1024
  /// Whether transformers project with matrices; else with 1×1 convolutions.
  package var useLinear = false
  /// Whether each resnet ends in convolutions along time: VideoCrafter2.
  package var temporalConv = false
  /// Whether frames have relative positions, up to `temporalLength`: VideoCrafter1.
  package var useRelativePosition = true
  /// Frames that it was trained on.
  package var temporalLength = 16
  /// Whether there is attention between frames before the first level (`init_attn`).
  package var additionAttention = false
  /// Whether the frame rate is an input.
  package var fpsCond = false
  /// Always 32 in the original.
  package var normNumGroups = 32
  /// Height and width of the latents that it was trained on: the yaml's `image_size`, outside of the network's part.
  package var sampleSize = [40, 64]

  package init() {}
}

extension LVDMUNetConfiguration: ReadableConfiguration {
  package static let owner = "LVDMUNetModel"

  package init(_ config: ConfigFile) throws {
    try Self.refuseVariants(config)
    inChannels = try config.size("in_channels", default: inChannels)
    outChannels = try config.size("out_channels", default: outChannels)
    modelChannels = try config.size("model_channels", default: modelChannels)
    channelMult = try config.numbers("channel_mult", default: channelMult)
    for factor in channelMult where !(1 / 64...64).contains(factor) {
      throw config.error("channel_mult", found: "\(factor)", expected: "numbers from 1/64 to 64")
    }
    attentionResolutions = try config.sizes("attention_resolutions", default: attentionResolutions)
    numResBlocks = try config.integer("num_res_blocks", default: numResBlocks, in: 1...64)
    numHeadChannels = try config.size("num_head_channels", default: numHeadChannels)
    transformerDepth = try config.integer("transformer_depth", default: transformerDepth, in: 1...64)
    temporalTransformerDepth = try config.integer(
      "temporal_transformer_depth", default: temporalTransformerDepth, in: 1...64)
    contextDim = try config.size("context_dim", default: contextDim)
    useLinear = try config.bool("use_linear", default: useLinear)
    temporalConv = try config.bool("temporal_conv", default: temporalConv)
    useRelativePosition = try config.bool("use_relative_position", default: useRelativePosition)
    temporalLength = try config.integer("temporal_length", default: temporalLength, in: 1...4096)
    additionAttention = try config.bool("addition_attention", default: additionAttention)
    fpsCond = try config.bool("fps_cond", default: fpsCond)
    normNumGroups = try config.size("norm_num_groups", default: normNumGroups)
    sampleSize = try config.sizes("sample_size", default: sampleSize)
    guard !sampleSize.isEmpty else { throw config.error("sample_size", expected: "one side, or height and width") }
    _ = try levels()
  }

  /// Refuses settings that no published text-to-video model uses.
  private static func refuseVariants(_ config: ConfigFile) throws {
    try config.refuse("num_heads", except: "-1")
    try config.refuse("dims", except: "2")
    try config.refuse("conv_resample", except: "true")
    try config.refuse("temporal_attention", except: "true")
    try config.refuse("temporal_selfatt_only", except: "true")
    for field in [
      "use_scale_shift_norm", "resblock_updown", "tempspatial_aware", "use_causal_attention", "use_image_attention",
    ] { try config.refuse(field, except: "false") }
  }
}

extension LVDMUNetConfiguration {
  /// One resolution.
  struct Level {
    let channels: Int
    let hasTransformers: Bool
  }

  /// The sizes of the blocks.
  ///
  /// - Throws: `ConfigurationError` where two values contradict each other.
  func levels() throws -> [Level] {
    let channels = try channelMult.map { factor in
      let channels = factor * Double(modelChannels)
      guard channels == channels.rounded(), (1...65536).contains(channels) else {
        throw ConfigurationError.wrongValue(
          owner: Self.owner, key: "channel_mult", found: "\(factor)",
          expected: "a factor that makes \(modelChannels) whole")
      }
      return Int(channels)
    }
    let check = UNetConsistency(
      network: Self.owner, channels: channels, downCount: channels.count, upCount: channels.count,
      groups: normNumGroups)
    guard !channels.isEmpty else { throw check.error("channel_mult", found: "[]", expected: "at least one level") }
    try check.blocks()
    guard modelChannels % normNumGroups == 0 else {
      throw check.error(
        "norm_num_groups", found: "\(normNumGroups)", expected: "a divisor of \(modelChannels) channels")
    }
    guard channels[0] == modelChannels else {
      throw check.error("channel_mult", found: "\(channelMult[0])", expected: "1 at the first level")
    }
    let levels = channels.enumerated().map { level, channels in
      Level(channels: channels, hasTransformers: attentionResolutions.contains(1 << level))
    }
    for (index, level) in levels.enumerated()
    where (level.hasTransformers || index == levels.count - 1) && level.channels % numHeadChannels != 0 {
      throw check.error(
        "num_head_channels", found: "\(numHeadChannels)",
        expected: "a width of heads that divides \(level.channels) channels")
    }
    return levels
  }

  /// Channels of each level.
  package var blockOutChannels: [Int] { channelMult.map { Int($0 * Double(modelChannels)) } }
}

extension LVDMUNetConfiguration: DenoiserConfiguration {
  package static let pipelineClasses = ["VideoCrafterPipeline"]
  package static let layout = LatentLayout.clips

  package var blockLayers: [Int] { [numResBlocks].forEach(of: channelMult.count) }
  package var textWidth: Int { contextDim }
  package var latentSize: (height: Int, width: Int) { (sampleSize[0], sampleSize[sampleSize.count - 1]) }
  /// 28 frames a second are what VideoCrafter2's own program tells its network.
  package var habits: DenoiserHabits {
    DenoiserHabits(
      guidanceScale: 12, frames: temporalLength, fps: fpsCond ? 28 : nil, strength: 0.6, drawsNoiseByFrame: false)
  }

  package func network(_ weights: WeightScope) throws -> any Denoiser { try LVDMUNetModel(self, weights) }
}
