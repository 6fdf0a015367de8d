import ArgumentParser
import Foundation
import NegativeSpaceFiles
import NegativeSpaceLearning
import NegativeSpacePipelines

/// `negspace learn reneg`: a negative embedding by the gradient of a reward.
struct LearnReNegCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reneg",
    abstract: "Learn a negative embedding by the gradient of a reward (ReNeg, arXiv:2412.19637).",
    discussion: """
      A step makes pictures (or clips) from prompts of the list up to a late step of the sampler, decodes the clean estimate of that
      step, scores it, and moves the negative along the score's gradient. Nothing of the model changes. The run keeps its state in \
      --run and goes on from there when it is started again; the best state on held-out prompts is written to --output.

      Examples:
        negspace train prompts --count 400 | negspace learn reneg --prompt-file - -o negative.safetensors
        negspace learn reneg -m sd15 --prompt-file prompts.txt --reward hps=hps.pt -o negative.safetensors
      """)

  @OptionGroup(title: "What") var reNeg: ReNegOptions

  @Option(
    name: .customLong("prompt-file"),
    help: ArgumentHelp("Prompts to learn on, one a line; - for standard input.", valueName: "file"), completion: .file()
  )
  var promptFile: String

  @Option(
    help: ArgumentHelp(
      "Prompts to validate on. (default: every tenth of --prompt-file, at most 64)", valueName: "file"),
    completion: .file())
  var validationFile: String?

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp("A negative embedding to start from. (default: the empty prompt's states)", valueName: "file"),
    completion: .file())
  var start: String?

  @Option(help: "Optimiser steps.")
  var steps = 4000
  @Option(help: "Prompts a step.")
  var batch = 64
  @Option(help: "The highest learning rate; it falls along a cosine.")
  var rate: Float = 5e-3
  @Option(help: "Single steps recorded of each run, drawn from its last part. (default: 1)")
  var stops: Int?
  @Option(help: "That last part: 1 is the whole run. (default: a third)")
  var tail: Float?
  @Option(help: "Steps between validations.")
  var validateEvery = 50
  @Option(help: "Validations without a better one after which to stop.")
  var patience: Int?
  @Option(name: .shortAndLong, parsing: .unconditional, help: "Where the random numbers start.")
  var seed: UInt64 = 0

  @Option(
    name: [.customLong("run")],
    help: ArgumentHelp(
      "The folder of the run's state, log and samples. (default: OUTPUT without its extension, or with -run)",
      valueName: "dir"), completion: .directory)
  var folder: String?
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The embedding that is written.", valueName: "path"), completion: .file())
  var output = "negative.safetensors"
  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func validate() throws {
    for (name, value) in [
      ("--steps", steps), ("--batch", batch), ("--stops", stops ?? 1), ("--validate-every", validateEvery),
      ("--patience", patience ?? 1),
    ] where value < 1 {
      throw ValidationError("\(name) is \(value); it must be at least 1")
    }
    if let tail, !(tail > 0 && tail <= 1) {
      throw ValidationError("--tail is \(tail); it must be above 0 and at most 1")
    }
    if reNeg.through != nil, stops != nil || tail != nil {
      throw ValidationError("--stops and --tail are about single steps; --through records whole ones, the last")
    }
    guard rate > 0, rate.isFinite else { throw ValidationError("--rate is \(rate); it must be a number above 0") }
  }

  func run() throws {
    let interruption = Interruption()
    compute.apply()
    try GenerationOutput.checkWritable(output)
    let model = try reNeg.loadModel(compute.dtype)
    var settings = try reNeg.settings(model)
    settings.batch = batch
    if let stops { settings.stops = stops }
    if let tail { settings.tail = tail }
    settings.seed = seed
    let prompts = try PromptList(path: promptFile)
    let learning = try ReNegLearning(
      model: model, prompts: prompts.texts, validation: try validationFile.map { try PromptList(path: $0).texts },
      rewards: try reNeg.rewards(model, reporting), settings: settings,
      start: try start.map { try model.negative(contentsOf: $0) },
      promptsName: prompts.name)
    reporting.note(learning.summary)
    let progress = reporting.progress
    // A file and a folder cannot have one name.
    let beside = output.pathEnding.isEmpty ? output + "-run" : output.withoutEnding
    var plan = ReNegPlan(folder: folder ?? beside, steps: steps)
    (plan.rate, plan.validateEvery, plan.patience) = (rate, validateEvery, patience)
    do {
      let result = try learning.run(
        plan, report: { progress.update("learning", $0.step, of: $0.steps) }, isCancelled: { interruption.isRaised })
      progress.end()
      try result.embedding.write(to: output)
      reporting.note(result.summary)
      try reporting.result([output], step: result.step)
    } catch let error as LearningError {
      progress.end()
      guard case .notValidated = error else { throw error }
      reporting.note("\(error)")
    }
    if interruption.isRaised { throw ExitCode(Interruption.status) }
  }
}
