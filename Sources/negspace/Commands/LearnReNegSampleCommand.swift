import ArgumentParser
import Foundation
import NegativeSpaceEvaluation
import NegativeSpaceFiles
import NegativeSpaceLearning
import NegativeSpacePipelines
import NegativeSpaceTraining

/// `negspace learn reneg-sample`: a learned negative taken further for each prompt.
struct LearnReNegSampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reneg-sample",
    abstract: "Take a learned negative some steps further for each prompt and its seeds (per-sample ReNeg).",
    discussion: """
      Writes one embedding a prompt, 0001.safetensors for the first of the list and so on; one that is there already is left as it \
      is. Seeds are those of negspace compare: prompt number p, from 0, takes s + 1000·p, s + 1000·p + 1, … None is worse than the one it started from, by the reward of the samples that its seeds make.

      Examples:
        negspace learn reneg-sample --prompt-file prompts.txt --init negative.safetensors -o samples
      """)

  @OptionGroup(title: "What") var reNeg: ReNegOptions

  @Option(
    name: .customLong("prompt-file"),
    help: ArgumentHelp("Prompts, one a line; - for standard input.", valueName: "file"), completion: .file())
  var promptFile: String

  @Option(
    name: .customLong("init"), help: ArgumentHelp("The negative embedding to start from.", valueName: "file"),
    completion: .file())
  var start: String

  @Option(help: "Steps for each prompt, at most.")
  var steps = 10
  @Option(help: "Steps without a better result after which to end.")
  var patience = 3
  @Option(help: "The learning rate.")
  var rate: Float = 5e-3
  @Flag(help: "A negative for each step of a run in place of one for all (Null-TTA): --init is where each starts.")
  var eachStep = false
  @OptionGroup(title: "With --each-step") var search: NullTTAOptions
  @Option(name: .shortAndLong, parsing: .unconditional, help: "The first seed.")
  var seed: Seed = 42
  @Option(help: "How many seeds for each prompt.")
  var seeds = 1

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder of the embeddings.", valueName: "path"), completion: .file())
  var output: String
  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func validate() throws {
    for (name, value) in [("--steps", steps), ("--patience", patience), ("--seeds", seeds)] where value < 1 {
      throw ValidationError("\(name) is \(value); it must be at least 1")
    }
    guard seed != .drawn else { throw ValidationError("--seed is negative; it must be a number from 0") }
    guard seeds <= Comparison.seedStride else {
      throw ValidationError("--seeds is \(seeds); it must be at most \(Comparison.seedStride)")
    }
    try search.require(eachStep, by: "--each-step")
    if eachStep, seeds > 1 {
      throw ValidationError(
        "--seeds is \(seeds); a negative for each step belongs to one run, so that it is 1 with --each-step")
    }
    guard rate > 0, rate.isFinite else { throw ValidationError("--rate is \(rate); it must be a number above 0") }
  }

  func run() throws {
    let interruption = Interruption()
    compute.apply()
    let model = try reNeg.loadModel(compute.dtype)
    let prompts = try PromptList(path: promptFile).texts
    _ = try seed.advanced(by: Comparison.seedStride * (prompts.count - 1) + seeds - 1)
    if eachStep { return try searchEachStep(model, prompts, interruption) }
    let refining = try ReNegRefining(
      model: model, rewards: try reNeg.rewards(model, reporting), settings: try reNeg.settings(model),
      start: try model.negative(contentsOf: start), steps: steps, patience: patience, rate: rate)
    let folder = try runFolder(refining.settings(prompts: prompts))
    defer { withExtendedLifetime(folder) {} }
    let progress = reporting.progress
    for (index, prompt) in prompts.enumerated() {
      let path = "\(output)/\(String(format: "%04d", index + 1)).safetensors"
      if !FileManager.default.fileExists(atPath: path) {
        let own = try (0..<seeds).compactMap { try seed.advanced(by: Comparison.seedStride * index + $0).number }
        do {
          let result = try refining.refine(prompt, seeds: own, isCancelled: { interruption.isRaised })
          try result.embedding.write(to: path)
          reporting.detail("\(prompt): \(result.before) → \(result.after) after step \(result.step)")
        } catch is CancellationError { break }
      }
      progress.update("refining", index + 1, of: prompts.count)
      if interruption.isRaised { break }
    }
    progress.end()
    if interruption.isRaised { throw ExitCode(Interruption.status) }
    try reporting.result([output])
  }

  /// The folder that holds the settings of what is in `output`, and keeps a second process out.
  ///
  /// - Throws: `TrainingError.otherSettings`, `FileError`.
  private func runFolder(_ settings: [String: String]) throws -> RunFolder {
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    Temporaries.sweep(output)
    let seeds = ["first seed": seed.number.map { "\($0)" } ?? "drawn", "seeds": "\(seeds)"]
    return try RunFolder(output + "/run", settings: settings.merging(seeds) { $1 }) { _ in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
      return names.contains { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
    }
  }

  /// A file with negatives and noise for each prompt, to be used with its seed and DDIM with an eta of 1.
  private func searchEachStep(_ model: DiffusionModel, _ prompts: [String], _ interruption: Interruption) throws {
    var settings = search.settings
    settings.flicker = reNeg.flicker
    let search = try NegativeSearch(model: model, rewards: reNeg.rewards(model, reporting), settings: settings)
    var asked = try search.settings(prompts: prompts, start: start)
    asked["request"] =
      "\(reNeg.samplingSteps) steps, guidance \(reNeg.guidance.map { "\($0)" } ?? "the model's"), "
      + "\(reNeg.attention.attentionNegative?.rawValue ?? "no") attention "
      + (try reNeg.attention.options).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    asked.merge(reNeg.size.size.setting) { $1 }
    let folder = try runFolder(asked)
    defer { withExtendedLifetime(folder) {} }
    let progress = reporting.progress
    for (index, prompt) in prompts.enumerated() {
      let path = "\(output)/\(String(format: "%04d", index + 1)).safetensors"
      if !FileManager.default.fileExists(atPath: path) {
        var request = GenerationRequest(prompt: prompt)
        request.negativeEmbeddings = [FileReference(path: start)]
        (request.steps, request.seed) = (reNeg.samplingSteps, try seed.advanced(by: Comparison.seedStride * index))
        (request.width, request.height) = (reNeg.size.width, reNeg.size.height)
        request.guidanceScale = reNeg.guidance.map { Double($0) }
        request.attentionNegative = reNeg.attention.attentionNegative
        request.attentionOptions = try reNeg.attention.options
        do {
          let result = try search.search(request, isCancelled: { interruption.isRaised })
          try result.write(to: path)
          reporting.detail("\(prompt): \(result.reward) after \(result.calls) calls")
        } catch is CancellationError { break }
      }
      progress.update("searching", index + 1, of: prompts.count)
      if interruption.isRaised { break }
    }
    progress.end()
    if interruption.isRaised { throw ExitCode(Interruption.status) }
    try reporting.result([output])
  }
}
