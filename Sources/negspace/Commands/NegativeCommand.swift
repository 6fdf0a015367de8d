import ArgumentParser
import Foundation
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
      """)

  @Argument(help: "What is to be seen.")
  var positional: String?
  @Option(name: .shortAndLong, help: "The same, as an option.")
  var prompt: String?
  @Option(help: ArgumentHelp("A file with one prompt a line; - is standard input.", valueName: "file"))
  var promptFile: String?
  @Option(name: .shortAndLong, help: "The writer's folder.")
  var writer: String
  @Option(
    name: .shortAndLong,
    help: "The model that the negative is for, whose tokens are counted. (default: 75 of the writer's own)")
  var model: String?
  @Option(name: .shortAndLong, help: "Where the random numbers of --sample start.")
  var seed: UInt64 = 0
  @OptionGroup(title: "Writing") var writing: WritingOptions
  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func validate() throws {
    let given = [positional != nil, prompt != nil, promptFile != nil].count { $0 }
    guard given == 1 else {
      throw ValidationError(
        given == 0 ? "A prompt is missing." : "The prompt was given \(given) times. Give it once.")
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
    let writer = try NegativeWriter(path: writer, settings: writing.settings(seed: seed))
    let model = try model.map { try DiffusionModel(path: $0) }
    let count = try model?.tokenCounter()
    let prompts = try (positional ?? prompt).map { [$0] } ?? promptFile.map { try PromptList(path: $0).texts } ?? []
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
}
