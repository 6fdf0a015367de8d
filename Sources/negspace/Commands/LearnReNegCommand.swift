import ArgumentParser
import Foundation
import Pipelines
import Rewards
import Training

/// `negspace learn reneg`: a negative embedding by the gradient of a reward.
struct LearnReNegCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reneg",
    abstract: "Learn a negative embedding by the gradient of a reward (ReNeg, arXiv:2412.19637).",
    discussion: """
      A step makes pictures (or clips) from prompts of the list up to a late step of the sampler, decodes the clean estimate of that
      step, scores it, and moves the negative along the score's gradient. Nothing of the model changes. The run keeps its state in \
      --run and goes on from there when it is started again; the best state on held-out prompts is written to --output.
      """)

  @Option(name: .shortAndLong, help: "A model folder: pictures or videos. (default: Models/emoji-image)")
  var model: String?

  @Option(
    help: ArgumentHelp(
      "What is to become better; repeatable, summed: \(RewardName.Kind.allCases.map(\.rawValue).joined(separator: ", ")). "
        + "(default: quality and clipscore of Models/emoji-reward)", valueName: "NAME[=PATH[,HEAD]][:WEIGHT]"))
  var reward: [String] = []

  @Option(name: .customLong("prompt-file"), help: "Prompts to learn on, one a line; - for standard input.")
  var promptFile: String

  @Option(help: "Prompts to validate on. (default: every tenth of --prompt-file, at most 64)")
  var validationFile: String?

  @Option(name: .customLong("init"), help: "A negative embedding to start from. (default: the empty prompt's states)")
  var start: String?

  @Option(help: "Optimiser steps.")
  var steps = 4000
  @Option(help: "Prompts a step.")
  var batch = 64
  @Option(help: "The highest learning rate; it falls along a cosine.")
  var rate: Float = 5e-3
  @Option(help: "Sampler steps of a run (DDIM).")
  var samplingSteps = 30
  @Option(name: [.customLong("guidance-scale"), .customLong("cfg-scale")], help: "Guidance. (default: the model's)")
  var guidance: Float?
  @Option(help: "Recorded steps of each run, drawn from its last third.")
  var stops = 1
  @Option(help: "How much a clip's flicker counts against its frames' reward.")
  var flicker: Float = 0
  @Option(help: "Pictures, or clips, computed at once; the others of a batch are added up.")
  var together: Int?
  @Option(help: "Steps between validations.")
  var validateEvery = 50
  @Option(help: "Validations without a better one after which to stop.")
  var patience: Int?
  @Option(name: .shortAndLong, help: "Where the random numbers start.")
  var seed = 0

  @Option(
    name: [.customLong("run")],
    help: "The folder of the run's state, log and samples. (default: OUTPUT without its extension)")
  var folder: String?
  @Option(name: .shortAndLong, help: "The embedding that is written.")
  var output = "negative.safetensors"
  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func validate() throws {
    for (name, value) in [
      ("--steps", steps), ("--batch", batch), ("--sampling-steps", samplingSteps), ("--stops", stops),
      ("--together", together ?? 1), ("--validate-every", validateEvery), ("--patience", patience ?? 1),
    ] where value < 1 {
      throw ValidationError("\(name) is \(value); it must be at least 1")
    }
    guard rate > 0, rate.isFinite else { throw ValidationError("--rate is \(rate); it must be a number above 0") }
    guard flicker >= 0, flicker.isFinite else {
      throw ValidationError("--flicker is \(flicker); it must not be negative")
    }
  }

  func run() throws {
    let interruption = Interruption()
    compute.apply()
    let model = try DiffusionModel(
      folder: try model ?? DefaultModel.folder(DefaultModel.name(.image)), dtype: compute.dtype)
    var settings = ReNegSettings()
    settings.samplingSteps = samplingSteps
    settings.guidanceScale = guidance ?? Float(model.defaults.guidanceScale)
    (settings.stops, settings.batch, settings.flicker) = (stops, batch, flicker)
    settings.seed = UInt64(bitPattern: Int64(seed))
    let prompts = try PromptList(path: promptFile)
    let learning = try ReNegLearning(
      model: model, rewards: rewards(), prompts: prompts.texts, name: prompts.name,
      held: try validationFile.map { try PromptList(path: $0).texts }, start: start, settings: settings,
      together: together)
    reporting.note(learning.summary)
    let progress = reporting.progress
    let result = try learning.run(
      ReNegPlan(
        folder: folder ?? (output as NSString).deletingPathExtension, steps: steps, rate: rate,
        validateEvery: validateEvery,
        patience: patience),
      isInterrupted: { interruption.isRaised },
      report: { progress.update("learning", $0.step, of: $0.steps) })
    progress.end()
    try result.embedding.write(to: output)
    reporting.note(result.summary)
    Console.result(output)
    if interruption.isRaised { throw ExitCode(130) }
  }

  /// What was asked for, or the family's.
  private func rewards() throws -> [RewardName] {
    if !reward.isEmpty { return try reward.map { try RewardName(parsing: $0) } }
    let folder = try DefaultModel.folder("emoji-reward", with: "quality_head.safetensors")
    return [RewardName(.quality, path: folder), RewardName(.clipScore, path: folder, weight: 0.05)]
  }
}
