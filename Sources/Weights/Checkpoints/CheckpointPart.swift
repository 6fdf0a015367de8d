package import NegativeSpaceConfiguration

/// One part of a single file, as if it were a folder of diffusers.
package struct CheckpointPart: ModelPart {
  package let path: String
  let name: String
  let fields: [String: JSONValue]
  let reader: RenamedReader?
  /// A folder whose configuration holds instead, and whose weights where the file has none.
  let configured: ComponentFolder?

  /// Keys of the configuration that shapes may leave open, by part, and their meaning in words.
  private static let undecided = [
    "unet": (
      ["attention_head_dim", "num_head_channels"], "how many heads the denoiser's attention has"
    ),
    "text_encoder": (["num_attention_heads"], "how many heads the text encoder's attention has"),
  ]

  package func config() throws -> ConfigFile {
    if let configured { return try configured.config() }
    if let (keys, what) = Self.undecided[name], keys.allSatisfy({ fields[$0] == nil }) {
      throw CheckpointError.undecidable(file: path, what: what)
    }
    return ConfigFile(file: "\(path) (\(name))", fields: fields)
  }

  package func readers() throws -> [any TensorReader] { try reader.map { [$0] } ?? configured?.readers() ?? [] }
}
