package import NegativeSpaceConfiguration

/// The config.json of a `MotionAdapter`, with diffusers' defaults for what it leaves out.
package struct MotionAdapterConfiguration: Sendable, Hashable {
  package var blockOutChannels = [320, 640, 1280, 1280]
  /// One for all blocks, or one each; so are the next ones.
  package var layersPerBlock = [2]
  package var transformerLayersPerBlock = [1]
  package var numAttentionHeads = [8]
  package var transformerLayersPerMidBlock = 1
  package var normNumGroups = 32
  /// The most frames at a time: 24 in version 1, 32 in 2 and 3.
  package var maxSeqLength = 32
  /// Whether the middle block has a motion module too: version 2.
  package var useMidBlock = true

  package init() {}
}

extension MotionAdapterConfiguration: ReadableConfiguration {
  package static let owner = "MotionAdapter"

  package init(_ config: ConfigFile) throws {
    // PIA, which is given a picture too.
    try config.refuse("conv_in_channels")
    try config.refuse("motion_mid_block_layers_per_block", except: "1")
    blockOutChannels = try config.sizes("block_out_channels", default: blockOutChannels)
    layersPerBlock = try config.integers("motion_layers_per_block", default: layersPerBlock, in: 1...64)
    transformerLayersPerBlock = try config.integers(
      "motion_transformer_layers_per_block", default: transformerLayersPerBlock, in: 1...64)
    transformerLayersPerMidBlock =
      try config.integers(
        "motion_transformer_layers_per_mid_block", default: [transformerLayersPerMidBlock], in: 1...64
      ).first ?? transformerLayersPerMidBlock
    numAttentionHeads = try config.sizes("motion_num_attention_heads", default: numAttentionHeads)
    normNumGroups = try config.size("motion_norm_num_groups", default: normNumGroups)
    maxSeqLength = try config.integer("motion_max_seq_length", default: maxSeqLength, in: 1...4096)
    useMidBlock = try config.bool("use_motion_mid_block", default: useMidBlock)
    _ = try shapes()
  }
}

extension MotionAdapterConfiguration {
  /// Shapes of the layers along time: one for each block on the way down, and the middle's if it has one.
  package struct Shapes: Sendable {
    package var down: [MotionShape]
    package var middle: MotionShape?
    /// Layers of each block on the way down; there is one more on the way up.
    package var layers: [Int]
  }

  /// The sizes of the layers along time.
  ///
  /// - Throws: `ConfigurationError` where two values contradict each other.
  package func shapes() throws -> Shapes {
    let check = UNetConsistency(
      network: Self.owner, channels: blockOutChannels, downCount: blockOutChannels.count,
      upCount: blockOutChannels.count, groups: normNumGroups)
    try check.blocks()
    let heads = try check.perBlock("motion_num_attention_heads", numAttentionHeads)
    let depths = try check.perBlock("motion_transformer_layers_per_block", transformerLayersPerBlock)
    for (channels, heads) in zip(blockOutChannels, heads) where channels % heads != 0 {
      throw check.error(
        "motion_num_attention_heads", found: "\(heads)", expected: "a number of heads that divides \(channels) channels"
      )
    }
    let last = heads[heads.count - 1]
    return Shapes(
      down: zip(heads, depths).map { MotionShape(heads: $0, depth: $1, length: maxSeqLength) },
      middle: useMidBlock ? MotionShape(heads: last, depth: transformerLayersPerMidBlock, length: maxSeqLength) : nil,
      layers: try check.perBlock("motion_layers_per_block", layersPerBlock))
  }
}
