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
  /// Whether there is one in the middle too: version 2.
  package var useMidBlock = true

  package init() {}
}

extension MotionAdapterConfiguration: Decodable {
  package init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader("MotionAdapter", decoder)
    // PIA, which is given a picture too.
    try reader.refuse("conv_in_channels")
    try reader.refuse("motion_mid_block_layers_per_block", except: "1")
    blockOutChannels = try reader.integers("block_out_channels", or: blockOutChannels)
    layersPerBlock = try reader.integers("motion_layers_per_block", or: layersPerBlock, in: 1...64)
    transformerLayersPerBlock = try reader.integers(
      "motion_transformer_layers_per_block", or: transformerLayersPerBlock, in: 1...64)
    transformerLayersPerMidBlock =
      try reader.integers(
        "motion_transformer_layers_per_mid_block", or: [transformerLayersPerMidBlock], in: 1...64
      ).first ?? transformerLayersPerMidBlock
    numAttentionHeads = try reader.integers("motion_num_attention_heads", or: numAttentionHeads)
    normNumGroups = try reader.integer("motion_norm_num_groups", or: normNumGroups)
    maxSeqLength = try reader.integer("motion_max_seq_length", or: maxSeqLength, in: 1...4096)
    useMidBlock = try reader.flag("use_motion_mid_block", or: useMidBlock)
    _ = try shapes()
  }
}

extension MotionAdapterConfiguration {
  /// What is in a layer of each block on the way down, and in the middle if anything is.
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
      network: "MotionAdapter", channels: blockOutChannels, downCount: blockOutChannels.count,
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
