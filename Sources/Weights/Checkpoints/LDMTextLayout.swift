import NegativeSpaceConfiguration

/// The text encoder of a single file: transformers' CLIP in Stable Diffusion 1, OpenCLIP in 2.
struct LDMTextLayout {
  /// As in transformers' config.json.
  private(set) var fields: [String: JSONValue]
  /// Origin in the file of each tensor of the network, by transformers' names.
  private(set) var origins: [String: RenamedReader.Origin] = [:]
  /// Tensors of layers that Stable Diffusion 2 leaves out.
  private(set) var leftOut: Set<String> = []

  /// transformers' CLIPTextModel, whose names need no change.
  ///
  /// - Parameters:
  ///   - shapes: all of the file's tensors that begin with `LDMTables.clip`.
  ///   - isSecond: whether it is Stable Diffusion 2's OpenCLIP under these names, as stable-diffusion.cpp writes it:
  ///     with another activation, and as a rule with a last layer that is not used.
  ///   - file: for messages.
  /// - Throws: `CheckpointError`.
  init(clip shapes: [String: [Int]], isSecond: Bool = false, file: String) throws {
    // Files of 2022 and of transformers 5 lack the first part of the names.
    let model =
      LDMTables.clip + (shapes.keys.contains { $0.hasPrefix(LDMTables.clip + "text_model.") } ? "text_model." : "")
    let all = (0..<shapes.count).first { shapes["\(model)encoder.layers.\($0).layer_norm1.weight"] == nil } ?? 0
    let layers = isSecond && all != Self.usedOfSecond ? all - 1 : all
    guard layers > 0 else { throw CheckpointError.notAModel(file: file, what: "a text encoder without layers") }
    for (key, shape) in shapes {
      if layers < all, key.hasPrefix("\(model)encoder.layers.\(layers).") {
        leftOut.insert(key)
      } else if let thirds = Self.thirds(key, shape) {
        for (name, rows) in thirds { origins[name] = .init(key: key, rows: rows) }
      } else {
        origins[String(key.dropFirst(LDMTables.clip.count))] = .init(key: key)
      }
    }
    fields = try Self.fields(
      tokens: shapes["\(model)embeddings.token_embedding.weight"],
      positions: shapes["\(model)embeddings.position_embedding.weight"],
      inner: shapes["\(model)encoder.layers.0.mlp.fc1.weight"], layers: layers, file: file)
    fields["hidden_act"] = .string(isSecond ? "gelu" : "quick_gelu")
  }

  /// Query, key and value, where `self_attn.in_proj` holds them above each other: also stable-diffusion.cpp's.
  private static func thirds(_ key: String, _ shape: [Int]) -> [(name: String, rows: Range<Int>)]? {
    guard let kind = ["weight", "bias"].first(where: { key.hasSuffix(".self_attn.in_proj.\($0)") }),
      let rows = shape.first, rows % 3 == 0
    else { return nil }
    let layer = key.dropFirst(LDMTables.clip.count).dropLast("self_attn.in_proj.\(kind)".count)
    return LDMTables.openCLIPFused.enumerated().map { index, part in
      ("\(layer)\(part).\(kind)", index * (rows / 3)..<(index + 1) * (rows / 3))
    }
  }

  /// Layers of Stable Diffusion 2's text encoder that are used, of 24; files made from diffusers folders have no more.
  private static let usedOfSecond = 23

  /// OpenCLIP's text tower, as a rule without its last layer: Stable Diffusion 2 is told the states before it.
  ///
  /// - Parameters:
  ///   - shapes: all of the file's tensors that begin with `LDMTables.openCLIP`.
  ///   - usesLastLayer: for a text encoder on its own, whatever it is used for.
  ///   - file: for messages.
  /// - Throws: `CheckpointError`.
  init(openCLIP shapes: [String: [Int]], usesLastLayer: Bool = false, file: String) throws {
    let blocks = LDMTables.openCLIP + "transformer.resblocks."
    let all = (0..<shapes.count).first { shapes["\(blocks)\($0).ln_1.weight"] == nil } ?? 0
    let layers = usesLastLayer || all == Self.usedOfSecond ? all : all - 1
    guard layers > 0 else { throw CheckpointError.notAModel(file: file, what: "a text encoder without layers") }
    fields = try Self.fields(
      tokens: shapes[LDMTables.openCLIP + "token_embedding.weight"],
      positions: shapes[LDMTables.openCLIP + "positional_embedding"], inner: shapes["\(blocks)0.mlp.c_fc.weight"],
      layers: layers, file: file)
    fields["hidden_act"] = .string("gelu")

    var renaming = KeyRenaming()
    for pair in LDMTables.openCLIPEnds { renaming.add(LDMTables.openCLIP + pair.old, pair.new) }
    for layer in 0..<layers {
      renaming.add("\(blocks)\(layer)", "text_model.encoder.layers.\(layer)", parts: LDMTables.openCLIPLayer)
    }
    for (key, shape) in shapes {
      if let name = renaming(key) {
        origins[name] = .init(key: key)
      } else if let layer = (layers..<all).first(where: { key.hasPrefix("\(blocks)\($0).") }), layer >= layers {
        leftOut.insert(key)
      } else if key.hasPrefix(blocks),
        let kind = ["weight", "bias"].first(where: { key.hasSuffix(".attn.in_proj_\($0)") }),
        let layer = Int(key.dropFirst(blocks.count).prefix { $0 != "." }), let rows = shape.first, rows % 3 == 0
      {
        for (index, part) in LDMTables.openCLIPFused.enumerated() {
          let third = rows / 3
          origins["text_model.encoder.layers.\(layer).\(part).\(kind)"] = .init(
            key: key, rows: index * third..<(index + 1) * third)
        }
      }
    }
  }

  private static func fields(
    tokens: [Int]?, positions: [Int]?, inner: [Int]?, layers: Int, file: String
  ) throws -> [String: JSONValue] {
    guard let tokens, let positions, let inner, tokens.count == 2, positions.count == 2, inner.count == 2 else {
      throw CheckpointError.notAModel(file: file, what: "a text encoder without its tables")
    }
    var fields: [String: JSONValue] = [
      "architectures": .array([.string("CLIPTextModel")]), "model_type": .string("clip_text_model"),
      "attention_dropout": .number(0), "layer_norm_eps": .number(1e-5), "hidden_size": .integer(tokens[1]),
      "projection_dim": .integer(tokens[1]), "intermediate_size": .integer(inner[0]),
      "num_hidden_layers": .integer(layers), "vocab_size": .integer(tokens[0]),
      "max_position_embeddings": .integer(positions[0]),
      // As published: with 2, the token with the largest number counts as the end.
      "bos_token_id": .integer(0), "eos_token_id": .integer(2), "pad_token_id": .integer(1),
    ]
    // Heads are 64 wide in both.
    if tokens[1] % 64 == 0 { fields["num_attention_heads"] = .integer(tokens[1] / 64) }
    return fields
  }
}
