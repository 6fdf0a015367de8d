import NegativeSpaceConfiguration

/// VideoCrafter's denoiser in its own file: the configuration, told by shapes; names stay as they are.
struct LVDMUNetLayout {
  /// As `LVDMUNetModel` reads them: the keys of VideoCrafter's yaml.
  private(set) var fields: [String: JSONValue]
  private(set) var renaming = KeyRenaming()
  /// The model of VideoCrafter that this one is built like.
  let version: LVDMVersion

  /// - Parameters:
  ///   - walk: its blocks.
  ///   - shapes: the denoiser's tensors without their common beginning.
  ///   - yaml: the original configuration, which wins over what the shapes tell.
  ///   - file: for messages.
  /// - Throws: `CheckpointError`.
  init(_ walk: LDMUNetLayout, _ shapes: [String: [Int]], yaml: LVDMYAML?, file: String) throws {
    if let key = shapes.keys.first(where: { $0.hasSuffix("attn2.to_k_ip.weight") }) {
      throw CheckpointError.notAModel(
        file: file,
        what: "a VideoCrafter model that starts from pictures (\(key)), which is not supported")
    }
    for name in [
      "time_embed", "fps_embedding", "init_attn", "input_blocks", "middle_block", "output_blocks",
      "out",
    ] { renaming.add(name, name) }

    let channels = walk.stages.map(\.channels)
    let base = channels[0]
    let resolutions = walk.stages.enumerated().filter { $0.element.depth > 0 }.map {
      1 << $0.offset
    }
    let middle = "middle_block.2.transformer_blocks"
    let table = shapes["\(middle).0.attn1.relative_position_k.embeddings_table"]
    func has(_ name: String) -> Bool { shapes[name] != nil }
    version = LVDMVersion(
      hasTemporalConvolutions: has(
        "middle_block.0.\(LDMTables.temporalConvolution).conv1.0.weight"),
      hasFrameRate: has("fps_embedding.0.weight"))
    func depth(_ blocks: String) -> Int {
      (0..<shapes.count).first { !has("\(blocks).\($0).norm1.weight") } ?? 0
    }
    fields = [
      "_class_name": .string("LVDMUNetModel"), "in_channels": .integer(walk.inChannels),
      "out_channels": .integer(shapes["out.2.weight"]?.first ?? 4),
      "model_channels": .integer(base),
      "channel_mult": .array(
        channels.map { $0 % base == 0 ? .integer($0 / base) : .number(Double($0) / Double(base)) }),
      "attention_resolutions": .array(resolutions.reversed().map { .integer($0) }),
      "num_res_blocks": .integer(walk.stages[0].layers), "context_dim": .integer(walk.textWidth),
      "transformer_depth": .integer(depth("middle_block.1.transformer_blocks")),
      "temporal_transformer_depth": .integer(depth(middle)), "use_linear": .bool(walk.isLinear),
      "temporal_conv": .bool(version.hasTemporalConvolutions),
      "use_relative_position": .bool(table != nil),
      "temporal_length": .integer(table.map { ($0[0] - 1) / 2 } ?? 16),
      "addition_attention": .bool(has("init_attn.0.norm.weight")),
      "fps_cond": .bool(version.hasFrameRate),
      "norm_num_groups": .integer(32),
      "sample_size": .array(version.sampleSize.map { .integer($0) }),
    ]
    fields["num_head_channels"] = Self.headWidth(shapes, table, channels)
    fields.merge(yaml?.network ?? [:]) { $1 }
    if let size = yaml?.sampleSize { fields["sample_size"] = size }
  }

  /// Of 8 heads before the first block, or of a distance; else 64, as published, if that divides all channels.
  private static func headWidth(_ shapes: [String: [Int]], _ table: [Int]?, _ channels: [Int])
    -> JSONValue?
  {
    if let inner = shapes["init_attn.0.proj_in.weight"]?.first, inner % 8 == 0 {
      return .integer(inner / 8)
    }
    if let table, table.count == 2 { return .integer(table[1]) }
    return channels.allSatisfy { $0 % 64 == 0 } ? .integer(64) : nil
  }
}

/// The text-to-video model of VideoCrafter that a denoiser is built like; facts of its yaml that no shape tells.
struct LVDMVersion {
  let hasTemporalConvolutions: Bool
  let hasFrameRate: Bool

  /// Height and width of the latents: 576 × 1024 pixels in the larger model of version 1, 320 × 512 in the others.
  var sampleSize: [Int] { hasFrameRate && !hasTemporalConvolutions ? [72, 128] : [40, 64] }

  /// Factor of clean samples at the noisy end; nil where there is none.
  var lastFactor: Double? { hasTemporalConvolutions ? 0.7 : hasFrameRate ? 0.3 : nil }
}
