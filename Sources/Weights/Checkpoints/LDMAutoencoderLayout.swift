import NegativeSpaceConfiguration

/// The autoencoder of a single file: its configuration and its names.
struct LDMAutoencoderLayout {
  /// As in diffusers' config.json.
  let fields: [String: JSONValue]
  private(set) var renaming = KeyRenaming()

  /// - Parameters:
  ///   - shapes: the autoencoder's tensors without their common beginning.
  ///   - side: pixels of an edge that the model was trained on.
  ///   - file: for messages.
  /// - Throws: `CheckpointError`.
  init(_ shapes: [String: [Int]], side: Int, file: String) throws {
    var channels: [Int] = []
    while let shape = shapes["encoder.down.\(channels.count).block.0.conv1.weight"], let width = shape.first {
      channels.append(width)
    }
    let layers = (0..<shapes.count).first { shapes["encoder.down.0.block.\($0).conv1.weight"] == nil } ?? 0
    guard !channels.isEmpty, let latents = shapes["decoder.conv_in.weight"], latents.count == 4,
      let pictures = shapes["encoder.conv_in.weight"], pictures.count == 4,
      let output = shapes["decoder.conv_out.weight"]?.first
    else { throw CheckpointError.notAModel(file: file, what: "an autoencoder without some of its blocks") }
    fields = [
      "_class_name": .string("AutoencoderKL"), "act_fn": .string("silu"), "norm_num_groups": .integer(32),
      "scaling_factor": .number(0.18215), "sample_size": .integer(side), "in_channels": .integer(pictures[1]),
      "out_channels": .integer(output), "latent_channels": .integer(latents[1]), "layers_per_block": .integer(layers),
      "block_out_channels": .array(channels.map { .integer($0) }),
      "down_block_types": .array(channels.map { _ in .string("DownEncoderBlock2D") }),
      "up_block_types": .array(channels.map { _ in .string("UpDecoderBlock2D") }),
    ]

    for name in ["quant_conv", "post_quant_conv"] { renaming.add(name, name) }
    for half in ["encoder", "decoder"] {
      renaming.add(half, half, parts: LDMTables.autoencoderEnds)
      for number in 0...1 {
        let (old, new) = ("\(half).mid.block_\(number + 1)", "\(half).mid_block.resnets.\(number)")
        renaming.add(old, new, parts: LDMTables.autoencoderResnet)
      }
      renaming.add("\(half).mid.attn_1", "\(half).mid_block.attentions.0", parts: LDMTables.autoencoderAttention)
    }
    for (level, mirrored) in zip(channels.indices, channels.indices.reversed()) {
      for index in 0...layers {
        renaming.add(
          "encoder.down.\(level).block.\(index)", "encoder.down_blocks.\(level).resnets.\(index)",
          parts: LDMTables.autoencoderResnet)
        // The decoder counts its levels from the finest one, diffusers from the first one on the way up.
        renaming.add(
          "decoder.up.\(level).block.\(index)", "decoder.up_blocks.\(mirrored).resnets.\(index)",
          parts: LDMTables.autoencoderResnet)
      }
      renaming.add("encoder.down.\(level).downsample.conv", "encoder.down_blocks.\(level).downsamplers.0.conv")
      renaming.add("decoder.up.\(level).upsample.conv", "decoder.up_blocks.\(mirrored).upsamplers.0.conv")
    }
  }
}
