import ArgumentParser
import NegativeSpaceLearning
import NegativeSpacePipelines
import NegativeSpaceRewards

/// Model, rewards and settings for tuning a text encoder or a denoiser.
struct TextCraftorOptions: ParsableArguments {
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

  @Option(
    help: "What clipscore compares pictures with: its own text tower (frozen), or the encoder being tuned (Eq. 8).")
  var clipConstraint = TextCraftorSettings.Constraint.frozen
  @Option(help: "How pictures come to a reward's size: bicubic, or pooled as the authors do.")
  var preparation = TextCraftorSettings.Preparation.bicubic

  @Option(help: "What is tuned: text-encoder or unet.")
  var tune = TunedNetwork.Network.textEncoder
  @Option(
    help: ArgumentHelp(
      "For --tune unet: a tuned text encoder for the recorded steps. (default: the model's own)", valueName: "path"),
    completion: .file())
  var textEncoder: String?

  @Option(help: "Tune a LoRA of this rank in place of all weights.")
  var loraRank: Int?
  @Option(help: "The LoRA's alpha: alpha / rank times its product is added. (default: the rank)")
  var loraAlpha: Float?
  @Option(help: "The layers that it adds to: attention, or linear for all linear ones.")
  var loraLayers = TextCraftorSettings.Layers.attention

  @Option(help: "Sampler steps of a run (DDIM).")
  var samplingSteps = 25
  @Option(help: "The last steps of a run that are recorded (K).")
  var recordedSteps = 5
  @Option(help: "The last steps in which the result holds in validation. (default: 15 of 25)")
  var testedSteps: Int?
  @Option(
    name: [.customLong("guidance-scale"), .customLong("cfg-scale")],
    help: "Guidance; at 1 the prompt's row alone is learned from. (default: the model's)")
  var guidance: Float?
  @Option(help: "Timesteps: the authors' (999, 959, … of 25 steps) or the model's own. (default: authors, else model)")
  var grid: TextCraftorSettings.Grid?

  @OptionGroup var size: SampleSizeOptions
  @Option(help: "Prompts, or pictures, a step.")
  var batch = 32
  @Option(help: "Pictures, or clips, computed at once; the gradients of a batch's others are added up.")
  var together: Int?
  @Option(
    help: "What the way back computes again: none, calls (of the denoiser), layers. (default: by the model's size)")
  var checkpointing: TextCraftorSettings.Checkpointing?
  @Option(help: "Decay of the average of the weights that is validated and written; 0 has none.")
  var average: Float = 0
  @Option(name: .shortAndLong, parsing: .unconditional, help: "Where the random numbers start.")
  var seed: UInt64 = 0

  func validate() throws {
    for (name, value) in [
      ("--sampling-steps", samplingSteps), ("--recorded-steps", recordedSteps), ("--tested-steps", testedSteps ?? 1),
      ("--batch", batch), ("--together", together ?? 1), ("--lora-rank", loraRank ?? 1),
    ] where value < 1 {
      throw ValidationError("\(name) is \(value); it must be at least 1")
    }
    for (name, value) in [("--recorded-steps", recordedSteps), ("--tested-steps", testedSteps ?? 1)]
    where value > samplingSteps {
      throw ValidationError("\(name) is \(value); a run has \(samplingSteps) sampler steps (--sampling-steps)")
    }
    if loraRank == nil, let loraAlpha {
      throw ValidationError("--lora-alpha is \(loraAlpha), but there is no LoRA; name its rank with --lora-rank")
    }
    if let textEncoder, tune == .textEncoder {
      throw ValidationError("--text-encoder is \(textEncoder), but that is what is tuned; it goes with --tune unet")
    }
  }

  func loadModel(_ dtype: ComputeType?) throws -> DiffusionModel {
    try DiffusionModel(path: model ?? DefaultModel.folder(DefaultModel.name(.image)), dtype: dtype)
  }

  func settings(_ model: DiffusionModel) -> TextCraftorSettings {
    var settings = TextCraftorSettings(for: model)
    (settings.network, settings.constraint, settings.preparation) = (tune, clipConstraint, preparation)
    if let loraRank { settings.form = .lora(rank: loraRank, alpha: loraAlpha, layers: loraLayers) }
    (settings.samplingSteps, settings.recordedSteps) = (samplingSteps, recordedSteps)
    settings.testedSteps = testedSteps
    if let guidance { settings.guidanceScale = guidance }
    if let grid { settings.grid = grid }
    settings.size = size.size
    (settings.batch, settings.together, settings.checkpointing) = (batch, together, checkpointing)
    (settings.averageDecay, settings.seed) = (average, seed)
    return settings
  }

  func rewards(_ model: DiffusionModel, _ reporting: ReportingOptions) throws -> [RewardName] {
    try LearningRewards.named(reward, for: model, reporting)
  }
}
