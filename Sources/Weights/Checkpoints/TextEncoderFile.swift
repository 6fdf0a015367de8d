import Foundation
package import NegativeSpaceConfiguration

/// A CLIP text encoder in a file of its own, with transformers' names or with OpenCLIP's; a picture tower beside it is
/// left out.
///
/// All layers are there: Stable Diffusion 2, which was trained on the states before the last, wants a `clip_skip` of 2
/// of such a file.
package struct TextEncoderFile: ModelPart {
  package let path: String
  /// The id that fills up a prompt: 0 for OpenCLIP; nil leaves it to the tokenizer.
  package let tokenPadding: Int?
  private let fields: [String: JSONValue]
  private let reader: any TensorReader
  /// A model's folder with the configuration that holds instead.
  private let configured: ComponentFolder?

  /// - Parameter config: a model's folder whose configuration holds instead of what the file tells.
  /// - Returns: nil for a file that has neither's names.
  /// - Throws: `CheckpointError`, `ConfigurationError` for a configuration beside it, `ModelFolderError`.
  package init?(_ reader: any TensorReader, config: String? = nil) throws {
    let names = reader.entries.keys
    path = reader.file
    let layout: LDMTextLayout
    let beginning: String
    if names.contains("token_embedding.weight"), names.contains("transformer.resblocks.0.ln_1.weight") {
      beginning = LDMTables.openCLIP
      layout = try LDMTextLayout(openCLIP: Self.own(reader, beginning), usesLastLayer: true, file: path)
      tokenPadding = 0
    } else if ["text_model.", ""].contains(where: { names.contains($0 + "encoder.layers.0.layer_norm1.weight") }) {
      beginning = LDMTables.clip
      layout = try LDMTextLayout(clip: Self.own(reader, beginning), file: path)
      tokenPadding = nil
    } else {
      return nil
    }
    let used = Set(layout.origins.values.map(\.key))
    var origins = layout.origins.mapValues { origin in
      RenamedReader.Origin(key: String(origin.key.dropFirst(beginning.count)), rows: origin.rows)
    }
    // Tensors without another name keep their own, so that they are reported as not asked for.
    for key in Self.own(reader, beginning).keys where !used.contains(key) {
      let name = String(key.dropFirst(beginning.count))
      origins[name] = .init(key: name)
    }
    self.reader = RenamedReader(reader, origins)
    configured = try config.map { try ComponentFolder(path: "\($0)/text_encoder") }
    fields = try layout.fields.merging(Self.told(beside: path, layout.fields, isOpenCLIP: tokenPadding != nil)) { $1 }
  }

  package func config() throws -> ConfigFile {
    if let configured { return try configured.config() }
    guard fields["num_attention_heads"] != nil else {
      throw CheckpointError.undecidable(file: path, what: "how many heads the text encoder's attention has")
    }
    return ConfigFile(file: path, fields: fields)
  }

  package func readers() throws -> [any TensorReader] { [reader] }

  /// A size that the tensors' shapes tell, by its name in transformers' config.json.
  package func size(_ name: String) -> Int? {
    guard case .integer(let size)? = fields[name] else { return nil }
    return size
  }

  /// The shapes of the text tower's tensors, by their names in a whole checkpoint.
  private static func own(_ reader: any TensorReader, _ beginning: String) -> [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    for (key, entry) in reader.entries where LDMTables.harmless(beginning + key) == nil {
      shapes[beginning + key] = entry.shape
    }
    return shapes
  }

  /// Fields that no shape tells, from the configuration beside the file if there is one: activation, number of heads.
  ///
  /// Otherwise OpenAI's ViT-L, which has the width 768 and transformers' names wherever it is published, has
  /// `quick_gelu`, all others `gelu`.
  private static func told(
    beside path: String, _ fields: [String: JSONValue], isOpenCLIP: Bool
  ) throws -> [String: JSONValue] {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let file = folder + (isOpenCLIP ? "/open_clip_config.json" : "/config.json")
    let isOpenAIs = !isOpenCLIP && fields["hidden_size"] == .integer(768)
    var told: [String: JSONValue] = ["hidden_act": .string(isOpenAIs ? "quick_gelu" : "gelu")]
    guard fileKind(file) == .file else { return told }
    let whole = JSONValue.object(try ConfigFile(path: file).fields)
    if isOpenCLIP {
      guard let model = whole["model_cfg"] else { return told }
      if model["quick_gelu"] == .bool(true) { told["hidden_act"] = .string("quick_gelu") }
      told["num_attention_heads"] = model["text_cfg"]?["heads"]
    } else {
      // Of a whole CLIP, the text tower's part.
      let text = whole["text_config"] ?? whole
      guard text["hidden_size"] == fields["hidden_size"] else { return told }
      for key in ["hidden_act", "num_attention_heads", "layer_norm_eps", "eos_token_id"] {
        if let value = text[key] { told[key] = value }
      }
    }
    return told
  }
}
