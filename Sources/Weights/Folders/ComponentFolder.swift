package import Kernels

/// The folder of one network, tokenizer or scheduler: its configuration and the files of its weights.
package struct ComponentFolder: Sendable, Hashable {
  package let path: String

  /// - Throws: `ModelFolderError.notAFolder`.
  package init(path: String) throws {
    guard fileKind(path) == .folder else { throw ModelFolderError.notAFolder(path: path) }
    self.path = path
  }

  /// The first of `config.json`, `scheduler_config.json` and `preprocessor_config.json` that is there.
  ///
  /// - Throws: `ConfigError`.
  package func config() throws -> ConfigFile {
    let names = ["config.json", "scheduler_config.json", "preprocessor_config.json"]
    let name = names.first { fileKind("\(path)/\($0)") == .file } ?? names[0]
    return try ConfigFile(path: "\(path)/\(name)")
  }

  /// The opened files of the weights; several if they are sharded.
  ///
  /// - Parameter variant: which copy to prefer, as in diffusers ("fp16"); without it the full one, then fp16.
  /// - Throws: `ModelFolderError`, `ConfigError`, `TensorFileError`.
  package func readers(variant: String? = nil) throws -> [any TensorReader] {
    try WeightFiles(folder: path, variant: variant).readers()
  }

  /// The weights as a source to build a network from.
  package func weights(
    dtype: DataType = .float32, variant: String? = nil, recipe: KeyRecipe = .diffusers, checkFinite: Bool = false
  ) throws -> FileWeights {
    try FileWeights(readers(variant: variant), dtype: dtype, recipe: recipe, checkFinite: checkFinite)
  }
}
