/// Options of a model beside its path.
public struct ModelOptions: Codable, Sendable, Hashable {
  /// For a single file: a model folder whose configurations hold instead of what the shapes tell, and whose parts where the
  /// file has none; or the original yaml.
  public var config: String?
  /// The folder of the tokenizer in place of the model's own; a single file has none.
  public var tokenizer: String?
  /// For a folder: the copy of the weights to prefer, as in diffusers ("fp16").
  public var variant: String?
  /// For a single file: whether the averages of the denoiser's weights (EMA) are taken.
  public var usesAverages = false
  /// AnimateDiff's layers along time, a diffusers folder or a file: they make a model of pictures one of videos.
  public var motionAdapter: String?

  /// A model that speaks for itself.
  public init() {}

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case config, tokenizer, variant
    case usesAverages = "ema"
    case motionAdapter = "motion_adapter"
  }
}
