package import NegativeSpaceConfiguration

/// The folder of one network, tokenizer or scheduler: its configuration and the files of its weights.
package struct ComponentFolder: ModelPart, Hashable {
  package let path: String
  /// Preferred copy of the weights, as in diffusers ("fp16"); without it the full one, then fp16.
  package let variant: String?

  /// - Throws: `ModelFolderError.notAFolder`.
  package init(path: String, variant: String? = nil) throws {
    guard fileKind(path) == .folder else { throw ModelFolderError.notAFolder(path: path) }
    (self.path, self.variant) = (path, variant)
  }

  /// The first of `config.json`, `scheduler_config.json` and `preprocessor_config.json` that is there.
  ///
  /// - Throws: `ConfigurationError`.
  package func config() throws -> ConfigFile {
    let names = ["config.json", "scheduler_config.json", "preprocessor_config.json"]
    let name = names.first { fileKind("\(path)/\($0)") == .file } ?? names[0]
    return try ConfigFile(path: "\(path)/\(name)")
  }

  /// The opened files of the weights; several if they are sharded.
  ///
  /// - Throws: `ModelFolderError`, `ConfigurationError`, `TensorFileError`.
  package func readers() throws -> [any TensorReader] { try WeightFiles(folder: path, variant: variant).readers() }
}
