import ArgumentParser
import Foundation
import NegativeSpaceEvaluation
import NegativeSpaceLearning
import NegativeSpacePipelines

/// `negspace learn negopt measure`: pairs of prompts and negatives, by the pictures that they make.
struct LearnNegOptMeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measure which negatives help which prompts, to learn from where nobody wrote such pairs.",
    discussion: """
      Every candidate is tried on --pictures pictures of every prompt, against none on the same noise; the best --kept of a prompt are \
      tried once more on --check-pictures further seeds, and what gains there, too, is a pair. Scores are kept in --run: started again, \
      only missing pictures are made.

      Examples:
        negspace learn negopt measure --prompt-file prompts.txt --candidate-file words.txt -o pairs.csv
        negspace learn negopt sft --data pairs.csv -o writer
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A model folder in diffusers' layout, or a single file. (default: Models/emoji-image)", valueName: "path"),
    completion: .file())
  var model: String?
  @Option(
    help: ArgumentHelp("Prompts, one a line; - for standard input.", valueName: "file"), completion: .file())
  var promptFile: String
  @Option(
    help: ArgumentHelp(
      "Negatives to be tried, one a line; a line with a tab is a prompt and a negative for that one alone.",
      valueName: "file"), completion: .file())
  var candidateFile: String
  @Option(
    help: ArgumentHelp(
      "What is to become better; repeatable, summed. (default: \(LearningRewards.usual))",
      valueName: "NAME[=PATH[,HEAD]][:WEIGHT]"))
  var reward: [String] = []
  @Option(help: "Pictures of each candidate.")
  var pictures = 2
  @Option(help: "Pictures of the best ones, on further seeds.")
  var checkPictures = 4
  @Option(help: "The best candidates of a prompt that are tried once more.")
  var kept = 4
  @Option(help: "The gain above which they are pairs.")
  var leastGain: Float = 0
  @Option(help: "Sampler steps of a run (DDIM).")
  var samplingSteps = 10
  @Option(name: [.customLong("guidance-scale"), .customLong("cfg-scale")], help: "Guidance. (default: the model's)")
  var guidance: Float?
  @OptionGroup var size: SampleSizeOptions
  @Option(help: "Pictures computed at once.")
  var together: Int?
  @Option(
    name: [.customLong("run")],
    help: ArgumentHelp("The folder of the pictures' scores. (default: OUTPUT-run)", valueName: "dir"),
    completion: .directory)
  var folder: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The CSV of the pairs, the best of each prompt first.", valueName: "file"), completion: .file())
  var output = "pairs.csv"
  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func run() throws {
    let interruption = Interruption()
    try GenerationOutput.checkWritable(output)
    compute.apply()
    let prompts = try PromptList(path: promptFile).texts
    let candidates = try NegativeCandidates(
      lines: PromptList(path: candidateFile, lines: "line with a negative").texts)
    let strangers = candidates.strangers(to: prompts)
    if let first = strangers.first {
      reporting.note(
        "Warning: \(candidateFile) has candidates for \(strangers.count) prompts that are not in \(promptFile), such as "
          + "\"\(first)\"; they are not tried.")
    }
    let model = try DiffusionModel(
      path: model ?? DefaultModel.folder(DefaultModel.name(.image)), dtype: compute.dtype)
    var settings = PairMeasuring.Settings()
    (settings.pictures, settings.checkPictures, settings.kept) = (pictures, checkPictures, kept)
    (settings.leastGain, settings.samplingSteps, settings.together) = (leastGain, samplingSteps, together)
    settings.size = size.size
    settings.guidanceScale = guidance ?? Float(model.defaults.guidanceScale)
    let measuring = try PairMeasuring(
      model: model, rewards: LearningRewards.named(reward, for: model, reporting), settings: settings)

    var all: [[PairMeasuring.Pair]] = []
    let progress = reporting.progress
    do {
      try measuring.measure(
        prompts, candidates, in: folder ?? output + "-run",
        measured: { pairs in
          all.append(pairs)
          progress.update("prompt", all.count, of: prompts.count)
        }, isCancelled: { interruption.isRaised })
    } catch is CancellationError {
      progress.end()
      reporting.note(
        "Stopped after \(all.count) of \(prompts.count) prompts, so \(output) is not written; the same command goes on."
      )
      throw ExitCode(Interruption.status)
    }
    progress.end()
    let pairs = all.flatMap { $0.filter(measuring.isKept).sorted { ($0.gain ?? 0) > ($1.gain ?? 0) } }
    try ResultFile.write(Self.table(pairs), to: output)
    for line in Self.summary(all, pairs) { reporting.note(line) }
    try reporting.result([output])
  }

  /// A line for each pair; texts stay as they are, since they are to be learned.
  private static func table(_ pairs: [PairMeasuring.Pair]) -> String {
    let rows = pairs.map { [$0.prompt, $0.negative, "\($0.gain ?? 0)", "\($0.firstGain)"] }
    return ([["prompt", "negative_prompt", "gain", "first_gain"]] + rows)
      .map { ResultFile.line($0, isNeutral: false) }.joined()
  }

  /// How many pairs there are, and the candidates that gained most with all prompts together.
  private static func summary(_ all: [[PairMeasuring.Pair]], _ pairs: [PairMeasuring.Pair]) -> [String] {
    let helped = Set(pairs.map(\.prompt)).count
    var gains: [String: [Float]] = [:]
    for pair in all.joined() { gains[pair.negative, default: []].append(pair.firstGain) }
    let means = gains.filter { $0.value.count == all.count }.map { negative, values in
      (negative: negative, gain: values.reduce(0, +) / Float(values.count))
    }.sorted { ($0.gain, $1.negative) > ($1.gain, $0.negative) }
    func text(_ gain: Float) -> String { String(format: "%+.3f", gain) }
    let mean = pairs.reduce(0) { $0 + ($1.gain ?? 0) } / Float(max(1, pairs.count))
    let fixed = means.prefix(5).map { "\"\($0.negative)\" \(text($0.gain))" }.joined(separator: ", ")
    let found =
      pairs.isEmpty
      ? "No pairs: with none of \(all.count) prompts a candidate gained on its first pictures and on further ones."
      : "\(pairs.count) pairs of \(helped) prompts out of \(all.count), with a mean gain of \(text(mean)) on further seeds."
    return [found] + (fixed.isEmpty ? [] : ["With all prompts: \(fixed)."])
  }
}
