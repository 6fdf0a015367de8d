import NegativeSpaceConfiguration

/// A ControlNet with diffusers' names whose config.json is not at hand: the configuration, told by shapes.
struct ControlNetShapes {
  /// As in diffusers' config.json.
  let fields: [String: JSONValue]

  /// - Parameters:
  ///   - shapes: all tensors.
  ///   - file: for messages.
  /// - Throws: `CheckpointError`.
  init(_ shapes: [String: [Int]], file: String) throws {
    func count(_ name: (Int) -> String) -> Int { (0..<shapes.count).first { shapes[name($0)] == nil } ?? 0 }
    func kernel(_ name: String) throws -> [Int] {
      guard let shape = shapes[name + ".weight"], shape.count >= 2 else {
        throw CheckpointError.notAModel(file: file, what: "a ControlNet without \(name)")
      }
      return shape
    }
    let blocks = count { "down_blocks.\($0).resnets.0.conv1.weight" }
    let channels = try (0..<blocks).map { try kernel("down_blocks.\($0).resnets.0.conv1")[0] }
    let layers = count { "down_blocks.0.resnets.\($0).conv1.weight" }
    let text = try kernel("mid_block.attentions.0.transformer_blocks.0.attn2.to_k")[1]
    let isLinear = try kernel("mid_block.attentions.0.proj_in").count == 2
    let depth = count { "mid_block.attentions.0.transformer_blocks.\($0).norm1.weight" }
    let first = try kernel("controlnet_cond_embedding.conv_in")
    let halvings = count { "controlnet_cond_embedding.blocks.\(2 * $0 + 1).weight" }
    let picture = try (0..<halvings).map { try kernel("controlnet_cond_embedding.blocks.\(2 * $0 + 1)")[0] }
    // As for whole models: 8 heads in Stable Diffusion 1; in 2, heads are 64 channels wide.
    guard !isLinear || channels.allSatisfy({ $0 % 64 == 0 }) else {
      throw CheckpointError.undecidable(file: file, what: "how many heads the ControlNet's attention has")
    }
    fields = [
      "_class_name": .string("ControlNetModel"), "norm_num_groups": .integer(32),
      "in_channels": .integer(try kernel("conv_in")[1]), "cross_attention_dim": .integer(text),
      "use_linear_projection": .bool(isLinear), "block_out_channels": .array(channels.map { .integer($0) }),
      "layers_per_block": .integer(layers), "transformer_layers_per_block": .integer(depth),
      "attention_head_dim": isLinear ? .array(channels.map { .integer($0 / 64) }) : .integer(8),
      "down_block_types": .array(
        (0..<blocks).map {
          let isPlain = shapes["down_blocks.\($0).attentions.0.proj_in.weight"] == nil
          return .string(isPlain ? "DownBlock2D" : "CrossAttnDownBlock2D")
        }),
      "conditioning_channels": .integer(first[1]),
      "conditioning_embedding_out_channels": .array(([first[0]] + picture).map { .integer($0) }),
    ]
  }
}
