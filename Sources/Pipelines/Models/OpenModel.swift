package import NegativeSpaceWeights

/// Opens a folder in diffusers' layout or in ModelScope's, or a single file with all parts of a model.
///
/// - Throws: `ModelError`, `RequestError` for an option that does not apply, errors in the files.
package func openModel(_ path: String, _ options: ModelOptions = ModelOptions()) throws -> any ModelSource {
  let path = try located(path)
  if try existingKind(path) == .folder {
    for (field, isGiven) in [(RequestField.Companion.config, options.config != nil), (.ema, options.usesAverages)]
    where isGiven {
      throw RequestError(field, found: "given for the folder \(path)", expected: "a single file as the model")
    }
    if ModelScopeFolder.isOne(path) {
      return try ModelScopeFolder(path: path, tokenizer: options.tokenizer)
    }
    return try openModelFolder(path, variant: options.variant)
  }
  return try CheckpointFile(
    path: path,
    options: CheckpointOptions(
      config: options.config, tokenizer: options.tokenizer, usesAverages: options.usesAverages))
}

/// Opens a folder with the system's reason where there is none.
///
/// - Throws: `ModelError`, `ModelFolderError`, `ConfigurationError`.
package func openModelFolder(_ path: String, variant: String? = nil) throws -> DiffusersFolder {
  if try existingKind(path) == .file { throw ModelError.notAFolder(path: path) }
  return try DiffusersFolder(path: path, variant: variant)
}
