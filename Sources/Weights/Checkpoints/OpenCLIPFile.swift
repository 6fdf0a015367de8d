import Foundation
package import NegativeSpaceConfiguration

/// Both towers of CLIP in one file with OpenCLIP's names, as HPS v2 and v2.1 are published: presented with
/// transformers' names.
package struct OpenCLIPFile: ModelPart {
  package let path: String
  private let fields: [String: JSONValue]
  private let reader: any TensorReader

  /// Heads of picture towers by width; all others are 64 wide.
  private static let visionHeads = [1280: 16, 1408: 16, 1664: 16]

  /// - Throws: `CheckpointError`, `TensorFileError`.
  package init(path: String) throws {
    self.path = path
    let file = try openTensorFile(path)
    let shapes = file.entries.mapValues(\.shape)
    func shape(_ name: String, _ rank: Int) throws -> [Int] {
      guard let shape = shapes[name], shape.count == rank, !shape.contains(0) else {
        throw CheckpointError.notACLIP(file: path, missing: name)
      }
      return shape
    }
    let (patch, places) = (
      try shape("visual.conv1.weight", 4), try shape("visual.positional_embedding", 2)
    )
    let (tokens, positions) = (try shape("token_embedding.weight", 2), try shape("positional_embedding", 2))
    let projection = try shape("text_projection", 2)
    let (visual, textual) = ("visual.transformer.resblocks.", "transformer.resblocks.")
    let (visionInner, textInner) = (
      try shape(visual + "0.mlp.c_fc.weight", 2), try shape(textual + "0.mlp.c_fc.weight", 2)
    )
    let count = { (blocks: String) in (0..<shapes.count).first { shapes["\(blocks)\($0).ln_1.weight"] == nil } ?? 0 }
    let (visionLayers, textLayers) = (count(visual), count(textual))
    let side = Int(Double(places[0] - 1).squareRoot())

    func tower(_ width: Int, _ inner: Int, _ layers: Int, heads: Int) -> [String: JSONValue] {
      [
        "hidden_act": .string("gelu"), "hidden_size": .integer(width), "intermediate_size": .integer(inner),
        "num_hidden_layers": .integer(layers), "num_attention_heads": .integer(heads), "layer_norm_eps": .number(1e-5),
        "projection_dim": .integer(projection[1]),
      ]
    }
    var text = tower(tokens[1], textInner[0], textLayers, heads: max(1, tokens[1] / 64))
    text["vocab_size"] = .integer(tokens[0])
    text["max_position_embeddings"] = .integer(positions[0])
    // As transformers has it for such models: the token with the largest number is the end.
    text["eos_token_id"] = .integer(2)
    var vision = tower(
      patch[0], visionInner[0], visionLayers, heads: Self.visionHeads[patch[0]] ?? max(1, patch[0] / 64))
    vision["image_size"] = .integer(side * patch[3])
    vision["patch_size"] = .integer(patch[3])
    fields = [
      "text_config": .object(text), "vision_config": .object(vision), "projection_dim": .integer(projection[1]),
    ]
    reader = RenamedReader(file, Self.origins(shapes, visionLayers: visionLayers, textLayers: textLayers))
  }

  package func config() throws -> ConfigFile { ConfigFile(file: path, fields: fields) }

  package func readers() throws -> [any TensorReader] { [reader] }

  /// Origin of each of transformers' tensors in the file; others keep their own names, so that they are reported.
  private static func origins(
    _ shapes: [String: [Int]], visionLayers: Int, textLayers: Int
  ) -> [String: RenamedReader.Origin] {
    var renaming = KeyRenaming()
    for pair in LDMTables.openCLIPEnds { renaming.add(pair.old, pair.new) }
    for pair in LDMTables.openCLIPVisionEnds { renaming.add("visual." + pair.old, "vision_model." + pair.new) }
    let towers = [("transformer", "text_model", textLayers), ("visual.transformer", "vision_model", visionLayers)]
    for (old, new, layers) in towers {
      for layer in 0..<layers {
        renaming.add("\(old).resblocks.\(layer)", "\(new).encoder.layers.\(layer)", parts: LDMTables.openCLIPLayer)
      }
    }
    var origins: [String: RenamedReader.Origin] = [:]
    for (key, shape) in shapes where key != "attn_mask" {
      switch key {
      case "text_projection": origins["text_projection.weight"] = .init(key: key, isTransposed: true)
      case "visual.proj": origins["visual_projection.weight"] = .init(key: key, isTransposed: true)
      default:
        if let thirds = fused(key, shape) {
          for (name, rows) in thirds { origins[name] = .init(key: key, rows: rows) }
        } else {
          origins[renaming(key) ?? key] = .init(key: key)
        }
      }
    }
    return origins
  }

  /// Query, key and value, which `attn.in_proj_…` holds above each other.
  private static func fused(_ key: String, _ shape: [Int]) -> [(name: String, rows: Range<Int>)]? {
    let parts = key.components(separatedBy: ".resblocks.")
    guard parts.count == 2, let kind = ["weight", "bias"].first(where: { parts[1].hasSuffix(".attn.in_proj_\($0)") }),
      let layer = Int(parts[1].prefix { $0 != "." }), let rows = shape.first, rows % 3 == 0
    else { return nil }
    let model = parts[0] == "transformer" ? "text_model" : "vision_model"
    return LDMTables.openCLIPFused.enumerated().map { index, part in
      ("\(model).encoder.layers.\(layer).\(part).\(kind)", index * (rows / 3)..<(index + 1) * (rows / 3))
    }
  }
}
