import ArgumentParser
import NegativeSpaceLearning
import NegativeSpacePipelines
import NegativeSpaceRewards

/// Model, rewards and settings for learning a negative.
struct ReNegOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A model folder in diffusers' layout, or a single file: pictures or videos. (default: Models/emoji-image)",
      valueName: "path"), completion: .file())
  var model: String?

  @Option(
    help: ArgumentHelp(
      "What is to become better; repeatable, summed: \(RewardName.Kind.allCases.map(\.rawValue).joined(separator: ", ")). "
        + "(default: \(LearningRewards.usual))",
      valueName: "NAME[=PATH[,HEAD]][:WEIGHT]"))
  var reward: [String] = []

  @Option(help: "Sampler steps of a run (DDIM).")
  var samplingSteps = 30
  @Option(name: [.customLong("guidance-scale"), .customLong("cfg-scale")], help: "Guidance. (default: the model's)")
  var guidance: Float?
  @OptionGroup var attention: AttentionOptions
  @OptionGroup var size: SampleSizeOptions
  @Option(
    help:
      "Score finished samples and record this many whole steps before them, in place of single steps (DRaFT): dearer, more exact."
  )
  var through: Int?
  @Option(help: "How much a clip's flicker counts against its frames' reward.")
  var flicker: Float = 0
  @Option(
    help: ArgumentHelp(
      "Rewards of clips as wholes, beside their frames': background and object (steadiness), motion (not less than with an empty negative); repeatable.",
      valueName: "NAME[:WEIGHT]"))
  var clipReward: [String] = []
  @Option(help: "Pictures, or clips, computed at once; the others of a batch are added up.")
  var together: Int?

  func validate() throws {
    for (name, value) in [
      ("--sampling-steps", samplingSteps), ("--together", together ?? 1), ("--through", through ?? 1),
    ] where value < 1 {
      throw ValidationError("\(name) is \(value); it must be at least 1")
    }
    if let through, through > samplingSteps {
      throw ValidationError("--through is \(through); a run has \(samplingSteps) sampler steps (--sampling-steps)")
    }
    guard flicker >= 0, flicker.isFinite else {
      throw ValidationError("--flicker is \(flicker); it must not be negative")
    }
  }

  func loadModel(_ dtype: ComputeType?) throws -> DiffusionModel {
    try DiffusionModel(path: model ?? DefaultModel.folder(DefaultModel.name(.image)), dtype: dtype)
  }

  /// The settings of both ways to learn.
  func settings(_ model: DiffusionModel) throws -> ReNegSettings {
    var settings = ReNegSettings(for: model)
    settings.samplingSteps = samplingSteps
    if let guidance { settings.guidanceScale = guidance }
    settings.flicker = flicker
    settings.clipRewards = try clipReward.map { try ClipRewardName(parsing: $0) }
    settings.through = through ?? 0
    (settings.together, settings.size) = (together, size.size)
    settings.attentionNegative = attention.attentionNegative
    settings.attentionOptions = try attention.options
    return settings
  }

  /// Rewards that were asked for, or the family's.
  func rewards(_ model: DiffusionModel, _ reporting: ReportingOptions) throws -> [RewardName] {
    try LearningRewards.named(reward, for: model, reporting)
  }
}
