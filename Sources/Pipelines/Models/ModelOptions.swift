package import NegativeSpaceWeights

/// What is said about a model beside its path.
public struct ModelOptions: Codable, Sendable, Hashable {
  /// For a single file: a model folder whose configurations hold instead of what the shapes tell, or the original yaml.
  public var config: String?
  /// The folder of the tokenizer in place of the model's own; a single file has none.
  public var tokenizer: String?
  /// For a folder: which copy of the weights to prefer, as in diffusers ("fp16").
  public var variant: String?
  /// For a single file: whether the averages of the denoiser's weights (EMA) are taken.
  public var usesAverages = false
  /// AnimateDiff's layers along time, a diffusers folder or a file: they make a model of pictures one of videos.
  public var motionAdapter: String?

  /// A model that speaks for itself.
  public init() {}

  private enum CodingKeys: String, CodingKey {
    case config, tokenizer, variant
    case usesAverages = "ema"
    case motionAdapter = "motion_adapter"
  }
}

/// Opens a folder in diffusers' layout or in ModelScope's, or a single file with all parts of a model.
///
/// - Throws: `ModelError`, `RequestError` for an option that does not apply, what is wrong with the files.
package func openModel(_ path: String, _ options: ModelOptions = ModelOptions()) throws -> any ModelSource {
  if try existingKind(path) == .folder {
    for (option, isGiven) in [("--config", options.config != nil), ("--ema", options.usesAverages)] where isGiven {
      throw RequestError(option, found: "given for the folder \(path)", expected: "a single file as the model")
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
