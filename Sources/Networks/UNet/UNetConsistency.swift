import NegativeSpaceConfiguration

/// Checks of a UNet configuration's values against each other.
struct UNetConsistency {
  let network: String
  let channels: [Int]
  let downCount: Int
  let upCount: Int
  let groups: Int

  /// As many blocks down as up as channel counts, and channels that make whole groups.
  func blocks() throws {
    guard !channels.isEmpty else { throw error("block_out_channels", found: "[]", expected: "at least one block") }
    guard downCount == channels.count else {
      throw error(
        "down_block_types", found: "\(downCount) blocks", expected: "\(channels.count), as in block_out_channels")
    }
    guard upCount == channels.count else {
      throw error("up_block_types", found: "\(upCount) blocks", expected: "\(channels.count), as in block_out_channels")
    }
    for count in channels where count % groups != 0 {
      throw error("norm_num_groups", found: "\(groups)", expected: "a divisor of \(count) channels")
    }
  }

  /// One value for each block, from a list of them or from a single one.
  func perBlock(_ field: String, _ values: [Int]) throws -> [Int] {
    if values.count == 1 { return Array(repeating: values[0], count: channels.count) }
    guard values.count == channels.count else {
      throw error(field, found: "\(values)", expected: "one value, or one for each of the \(channels.count) blocks")
    }
    return values
  }

  func error(_ field: String, found: String, expected: String) -> ConfigurationError {
    .wrongValue(owner: network, key: field, found: found, expected: expected)
  }
}

extension ConfigFile {
  /// Refuses what no published SD 1.x, SD 2.x or ModelScope network uses.
  func refuseUNetVariants() throws {
    try refuse("act_fn", except: "silu", "swish")
    try refuse("downsample_padding", except: "1")
    try refuse("mid_block_scale_factor", except: "1", "1.0")
    try refuse("center_input_sample", except: "false")
    try refuse("dual_cross_attention", except: "false")
    try refuse("only_cross_attention", except: "false")
    try refuse("mid_block_only_cross_attention", except: "false")
    try refuse("resnet_time_scale_shift", except: "default")
    try refuse("resnet_skip_time_act", except: "false")
    try refuse("resnet_out_scale_factor", except: "1", "1.0")
    try refuse("time_embedding_type", except: "positional")
    try refuse("attention_type", except: "default")
    try refuse("class_embeddings_concat", except: "false")
    for field in [
      "num_attention_heads", "time_cond_proj_dim", "encoder_hid_dim", "encoder_hid_dim_type", "class_embed_type",
      "num_class_embeds", "addition_embed_type", "time_embedding_dim", "time_embedding_act_fn", "timestep_post_act",
      "cross_attention_norm", "reverse_transformer_layers_per_block",
    ] { try refuse(field) }
  }
}

extension UNetShape {
  /// The way down with its mirror image on the way up, transformers kept only where the lists say so.
  init(_ stages: [Stage], attentionDown: [Bool], attentionUp: [Bool], groups: Int, epsilon: Float) {
    func keep(_ stages: [Stage], _ attention: [Bool]) -> [Stage] {
      zip(stages, attention).map { stage, hasAttention in
        Stage(channels: stage.channels, layers: stage.layers, attention: hasAttention ? stage.attention : nil)
      }
    }
    self.init(
      down: keep(stages, attentionDown), middle: stages[stages.count - 1], up: keep(stages.reversed(), attentionUp),
      timeWidth: 4 * stages[0].channels, groups: groups, epsilon: epsilon)
  }
}
