import ArgumentParser
import Foundation
import NegativeSpaceLearning
import NegativeSpacePipelines
import NegativeSpaceWriters

/// `negspace negative`: the negative prompt that a writer writes for a prompt.
struct NegativeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "negative",
    abstract: "Write the negative prompt for a prompt, by a writer (NegOpt, arXiv:2403.07605).",
    discussion: """
      A writer is a T5 as transformers saves it, such as negspace learn negopt makes. What it writes is made into a list with commas, \
      without repeats, and cut at a comma to the tokens that the model's text encoder takes. One line a prompt.

      Examples:
        negspace negative "a red apple" -w writer
        negspace negative --prompt-file prompts.txt -w writer --best-of 8
      """)

  @Argument(help: ArgumentHelp("What is to be seen.", valueName: "prompt"))
  var positional: String?
  @Option(name: .shortAndLong, help: "The same, as an option.")
  var prompt: String?
  @Option(
    help: ArgumentHelp("A file with one prompt a line; - is standard input.", valueName: "file"), completion: .file())
  var promptFile: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The writer's folder. (default: Models/emoji-writer, for the shipped family)", valueName: "dir"),
    completion: .directory)
  var writer: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The model that the negative is for, whose tokens are counted. (default: 75 of the writer's own)",
      valueName: "path"), completion: .file())
  var model: String?
  @Option(name: .shortAndLong, parsing: .unconditional, help: "Where the random numbers of --sample start.")
  var seed: UInt64 = 0
  @OptionGroup(title: "Writing") var writing: WritingOptions
  @Option(
    help: ArgumentHelp(
      "Draw this many negatives beside the likeliest, make pictures with each, and take the best by --reward.",
      valueName: "n"))
  var bestOf: Int?
  @Option(
    help: ArgumentHelp(
      "With --best-of: what a picture is judged by; repeatable, summed. (default: \(LearningRewards.usual))",
      valueName: "NAME[=PATH[,HEAD]][:WEIGHT]"))
  var reward: [String] = []
  @Option(help: "With --best-of: pictures of each negative. (default: 4)")
  var pictures: Int?
  @Option(help: "With --best-of: sampler steps of a picture, DDIM. (default: 10)")
  var samplingSteps: Int?
  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func validate() throws {
    let given = [positional != nil, prompt != nil, promptFile != nil].count { $0 }
    guard given == 1 else {
      throw ValidationError(
        given == 0 ? "A prompt is missing." : "The prompt was given \(given) times. Give it once.")
    }
    for (name, value) in [
      ("--best-of", bestOf ?? 1), ("--pictures", pictures ?? 1), ("--sampling-steps", samplingSteps ?? 1),
    ]
    where value < 1 {
      throw ValidationError("\(name) is \(value); it must be at least 1")
    }
    let ofPictures = [
      ("--reward", !reward.isEmpty), ("--pictures", pictures != nil), ("--sampling-steps", samplingSteps != nil),
    ]
    if bestOf == nil, let option = ofPictures.first(where: \.1) {
      throw ValidationError("\(option.0) is about the pictures of --best-of, which is missing")
    }
  }

  /// One result of `--json`.
  private struct Line: Encodable {
    let prompt: String
    let negative: String
    let raw: String
    let cut: String
    let unread: String
  }

  func run() throws {
    let interruption = Interruption()
    compute.apply()
    let writer = try NegativeWriter(
      path: locatedWriter(writer ?? DefaultModel.folder("emoji-writer", with: "config.json")),
      settings: writing.settings(seed: seed))
    if let bestOf { return try choose(bestOf, writer, interruption) }
    let model = try model.map { try DiffusionModel(path: $0) }
    let count = try model?.tokenCounter()
    let prompts = try prompts()
    var lines: [Line] = []
    for prompt in prompts {
      let written: WrittenNegative
      do {
        written = try writer.write(
          prompt, limit: model?.promptTokenLimit ?? 75, count: count, isCancelled: { interruption.isRaised })
      } catch is CancellationError {
        throw ExitCode(Interruption.status)
      }
      for note in written.notes { reporting.note(note) }
      lines.append(
        Line(
          prompt: prompt, negative: written.text, raw: written.raw, cut: written.cleaned.cut, unread: written.unread))
      if !reporting.json { try Console.result(written.text) }
    }
    if reporting.json { try Console.result(json: lines) }
  }

  private func prompts() throws -> [String] {
    try (positional ?? prompt).map { [$0] } ?? promptFile.map { try PromptList(path: $0).texts } ?? []
  }

  /// One result of `--best-of` and `--json`.
  private struct Chosen: Encodable {
    let prompt: String
    let negative: String
    let gain: Float
    let candidates: [String]
    let gains: [Float]
  }

  private func choose(_ count: Int, _ writer: NegativeWriter, _ interruption: Interruption) throws {
    let model = try DiffusionModel(
      path: model ?? DefaultModel.folder(DefaultModel.name(.image)), dtype: compute.dtype)
    var settings = BestOfNegatives.Settings()
    settings.candidates = count
    settings.pictures = pictures ?? settings.pictures
    settings.samplingSteps = samplingSteps ?? settings.samplingSteps
    settings.guidanceScale = Float(model.defaults.guidanceScale)
    let choosing = try BestOfNegatives(
      writer: writer, model: model, rewards: try LearningRewards.named(reward, for: model, reporting),
      settings: settings)
    var lines: [Chosen] = []
    for prompt in try prompts() {
      let choice: BestOfNegatives.Choice
      do {
        choice = try choosing.choose(for: prompt, isCancelled: { interruption.isRaised })
      } catch is CancellationError {
        throw ExitCode(Interruption.status)
      }
      for candidate in choice.candidates { reporting.detail("\(candidate.gain)  \(candidate.negative)") }
      reporting.note("Gains \(choice.gain) over no negative, the best of \(choice.candidates.count).")
      lines.append(
        Chosen(
          prompt: prompt, negative: choice.negative, gain: choice.gain, candidates: choice.candidates.map(\.negative),
          gains: choice.candidates.map(\.gain)))
      if !reporting.json { try Console.result(choice.negative) }
    }
    if reporting.json { try Console.result(json: lines) }
  }
}
