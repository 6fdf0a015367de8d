import ArgumentParser
import Foundation
import NegativeSpaceFiles
import NegativeSpaceLearning
import NegativeSpacePipelines
import NegativeSpaceTraining

/// `negspace learn textcraftor`: a text encoder, or a denoiser, tuned by the gradient of rewards.
struct LearnTextCraftorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "textcraftor",
    abstract: "Tune a text encoder, or the denoiser, by the gradient of rewards (TextCraftor, arXiv:2403.18978).",
    discussion: """
      A step makes pictures (or clips) from prompts of the list, the last steps of the sampler with the tuned encoder in both rows of \
      guidance, scores them, and moves the encoder's weights along the score's gradient, through all of these steps. The run keeps its \
      state in --run and goes on from there when it is started again; the best state on held-out prompts is written to --output: a \
      folder for --text-encoder and for diffusers' text_encoder, or with --lora-rank a LoRA's file.

      Examples:
        negspace learn textcraftor --prompt-file prompts.txt --lora-rank 8 -o tuned.safetensors
        negspace image "a red apple" --text-encoder tuned.safetensors:0.5
      """)

  @OptionGroup(title: "What") var textCraftor: TextCraftorOptions

  @Option(
    name: .customLong("prompt-file"),
    help: ArgumentHelp("Prompts to learn on, one a line; - for standard input.", valueName: "file"), completion: .file()
  )
  var promptFile: String?

  @Option(
    help: ArgumentHelp(
      "In place of prompts: a folder of pictures with captions, noised and denoised in one step, without guidance.",
      valueName: "dir"), completion: .directory)
  var pictures: String?

  @Option(
    help: ArgumentHelp(
      "Prompts to validate on. (default: every tenth of --prompt-file or --pictures, at most 64)", valueName: "file"),
    completion: .file())
  var validationFile: String?

  @Option(help: "Optimiser steps.")
  var steps = 1000
  @Option(help: "The learning rate. (default: 1e-6, of a LoRA 1e-4)")
  var rate: Float?
  @Option(help: "AdamW's weight decay.")
  var weightDecay: Float = 0.01
  @Option(help: "Cut gradients to this length. (default: not at all)")
  var clip: Float?
  @Option(help: "Steps between validations.")
  var validateEvery = 50
  @Option(help: "Validations without a better one after which to stop.")
  var patience: Int?

  @Option(
    name: [.customLong("run")],
    help: ArgumentHelp(
      "The folder of the run's state, log and samples. (default: OUTPUT without its extension, and -run)",
      valueName: "dir"), completion: .directory)
  var folder: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "What is written: a folder, or a LoRA's file. (default: tuned, tuned.safetensors)", valueName: "path"),
    completion: .file())
  var output: String?
  @Option(help: "Whose names a LoRA's file has: kohya, diffusers.")
  var loraFormat = TunedNetwork.Layout.kohya
  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func validate() throws {
    for (name, value) in [("--steps", steps), ("--validate-every", validateEvery), ("--patience", patience ?? 1)]
    where value < 1 {
      throw ValidationError("\(name) is \(value); it must be at least 1")
    }
    for (name, value) in [("--rate", rate ?? 1), ("--clip", clip ?? 1)] where !(value > 0 && value.isFinite) {
      throw ValidationError("\(name) is \(value); it must be a number above 0")
    }
    guard (promptFile == nil) != (pictures == nil) else {
      throw ValidationError(
        promptFile == nil
          ? "there is nothing to learn on: name prompts with --prompt-file, or a folder with --pictures"
          : "--prompt-file and --pictures were both given; choose one")
    }
  }

  func run() throws {
    let interruption = Interruption()
    compute.apply()
    let output = output ?? (textCraftor.loraRank == nil ? "tuned" : "tuned.safetensors")
    try requireFree(output)
    let model = try textCraftor.loadModel(compute.dtype)
    let learning = try learning(model)
    reporting.note(learning.summary)
    let progress = reporting.progress
    // A LoRA and whole weights called alike are two runs.
    let ending = textCraftor.loraRank == nil ? "-run" : "-lora-run"
    var plan = TextCraftorPlan(folder: folder ?? output.withoutEnding + ending, steps: steps)
    (plan.rate, plan.weightDecay, plan.maximumGradientNorm) = (rate, weightDecay, clip)
    (plan.validateEvery, plan.patience) = (validateEvery, patience)
    do {
      let result = try learning.run(
        plan, report: { progress.update("tuning", $0.step, of: $0.steps) }, isCancelled: { interruption.isRaised })
      progress.end()
      try write(result, to: output)
    } catch let error as LearningError {
      progress.end()
      guard case .notValidated = error else { throw error }
      reporting.note("\(error)")
    } catch let error as TrainingError {
      progress.end()
      guard case .notFinite = error else { throw error }
      // What went wrong later takes nothing away from what was best before.
      if let best = try? learning.best(of: plan) { try write(best, to: output) }
      throw error
    }
    if interruption.isRaised { throw ExitCode(Interruption.status) }
  }

  private func learning(_ model: DiffusionModel) throws -> TextCraftorLearning {
    let settings = textCraftor.settings(model)
    let validation = try validationFile.map { try PromptList(path: $0).texts }
    let rewards = try textCraftor.rewards(model, reporting)
    let encoder = textCraftor.textEncoder.map { FileReference(path: $0) }
    if let pictures {
      return try TextCraftorLearning(
        model: model, pictures: CaptionedPictures(folder: pictures), validation: validation,
        rewards: rewards, settings: settings, textEncoder: encoder)
    }
    let prompts = try PromptList(path: promptFile ?? "-")
    return try TextCraftorLearning(
      model: model, prompts: prompts.texts, validation: validation, rewards: rewards, settings: settings,
      textEncoder: encoder, promptsName: prompts.name)
  }

  private func write(_ result: TextCraftorLearning.Result, to output: String) throws {
    try result.network.write(to: output, layout: loraFormat)
    reporting.note(result.summary)
    try reporting.result([output], step: result.step)
  }

  /// Refuses an output that could not be written, before hours of work.
  private func requireFree(_ output: String) throws {
    if textCraftor.loraRank != nil { try GenerationOutput.checkWritable(output) }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: output, isDirectory: &isFolder) else { return }
    if textCraftor.loraRank == nil, !isFolder.boolValue {
      throw ValidationError(
        "--output is \(output), a file; all weights are written as a folder, a LoRA (--lora-rank) as a file")
    }
    if textCraftor.loraRank != nil, isFolder.boolValue {
      throw ValidationError(
        "--output is \(output), a folder; a LoRA is written as a file, such as \(output).safetensors")
    }
  }
}
