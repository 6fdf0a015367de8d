import ArgumentParser
import NegativeSpaceEmojiFamily
import NegativeSpaceEvaluation
import NegativeSpaceFiles
import NegativeSpacePipelines

/// `negspace compare`: the effect of negatives on models.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare negatives on models, prompts and seeds: scores, paired statistics, a report.",
    discussion: """
      Every negative is tried on the same noise. Results are kept in the output folder by what determines them: a run that was \
      interrupted goes on when it is started again, and what is there already is not made twice. Without --model, --reward and --judge, \
      the family that ships in Models/ is compared by its judge; without --negative, too, none against the negative that ships with it.

      Examples:
        negspace compare -n none=none -n words="blurry" -p "a red apple" -o compared
        negspace compare -n none=none -n mine=mine.safetensors --prompt-file prompts.txt --seeds 4
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A negative; repeatable, the first is the baseline: words, an embedding's file, a folder with one for each prompt, or none.",
      valueName: "name=value"))
  var negative: [String] = []

  @Option(
    help: ArgumentHelp(
      "An arm beside the negatives, and after them; repeatable: options of image for negatives, guidance, sampling, LoRAs and "
        + "text encoders, as one word.",
      valueName: "name=options"))
  var arm: [String] = []

  @Option(
    help: ArgumentHelp(
      "What the others are measured against, on all models or on the one that is named; repeatable. (default: the first)",
      valueName: "[model=]name"))
  var baseline: [String] = []

  @OptionGroup(title: "Models and prompts") var models: ComparedModelOptions

  @Option(help: "Seeds of each prompt; prompt p, from 0, takes seed + 1000·p and those after it.")
  var seeds = 1

  @OptionGroup(title: "Scores") var scoring: ScoringOptions
  @OptionGroup(title: "Model files") var modelFile: ModelFileOptions
  @OptionGroup(title: "How") var sampling: SamplingOptions
  @OptionGroup(title: "Size") var size: SizeOptions
  @Option(name: [.customLong("frames"), .customLong("video-frames")], help: "Frames. (default: the model's, else 16)")
  var frames: Int?
  @Option(help: "Frames a second. (default: the model's, else 8)")
  var fps: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder for report.html, results.csv, results.json and the cells.", valueName: "dir"),
    completion: .file())
  var output = "comparison"

  @Flag(
    help: ArgumentHelp(
      "Leave texts in results.csv as they are, also those that a spreadsheet takes for formulas."))
  var plainCsv = false

  @Option(help: "Prompts of each model that the report shows with pictures: the best, the middle and the worst.")
  var shown = 9

  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func validate() throws {
    guard (0...10_000).contains(shown) else {
      throw ValidationError("--shown is \(shown); expected a number from 0 to 10000.")
    }
  }

  func run() throws {
    let interruption = Interruption()
    compute.apply()
    let comparison = try comparison(interruption)
    let progress = reporting.progress
    let run = try ComparisonRun(comparison) { event in
      switch event {
      case .note(let text): reporting.note(text)
      case .warning(let text): Console.message("Warning: \(text)")
      case .planned(let missing, let total):
        let left = missing == 0 ? "all are there already" : "\(missing) to be made or scored"
        reporting.note("\(total) pictures or clips in \(output)/cells, \(left).")
        progress.begin()
      case .cell(let done, let total, let share): progress.update("cell", done, of: total, share: share)
      }
    }
    if compute.dtype == nil { reporting.note(compute.explanation) }
    let results: ComparisonResults
    do {
      results = try run.run(isCancelled: { interruption.isRaised })
    } catch {
      progress.end()
      if case GenerationError.cancelled = error {
        reporting.note("What was finished is kept in \(output)/cells; the same command goes on from there.")
      }
      throw error
    }
    progress.end()
    let origin = ReportOrigin(arguments: ["negspace"] + CommandLine.arguments.dropFirst())
    try results.write(to: output, shown: shown, origin: origin, isNeutral: !plainCsv)
    if reporting.json {
      try Console.result(json: results)
    } else {
      try Console.result(results.text + "\n" + output + "/report.html")
    }
  }

  /// Nothing, and the negative that ships with the family.
  private static func familyArms() throws -> [NegativeArm] {
    let folder = try DefaultModel.folder("emoji-image").parentFolder
    return [NegativeArm("none", .empty), try NegativeArm(parsing: "learned=\(folder)/emoji-negative.safetensors")]
  }

  /// The arms; what writers write for the models' prompts is written.
  private func arms(_ models: [ComparedModel], _ interruption: Interruption) throws -> [NegativeArm] {
    let given = try arm.map { try ArmOptions.arm($0) }
    let written = try given.map { arm, path in
      guard let path else { return arm }
      var arm = arm
      try WrittenArm(writer: path).write(into: &arm, for: models, modelFile.options, reporting, interruption)
      return arm
    }
    let all = try negative.map { try NegativeArm(parsing: $0) } + written
    return all.isEmpty && self.models.model.isEmpty ? try Self.familyArms() : all
  }

  private func comparison(_ interruption: Interruption) throws -> Comparison {
    var compared = try models.models()
    let arms = try arms(compared, interruption)
    var common = 0
    for text in baseline {
      let argument = NamedArgument(text).flatMap { found in
        compared.firstIndex { $0.name == found.name }.map { ($0, found.value) }
      }
      let place = try Comparison.index(
        of: argument?.1 ?? text, in: arms.map(\.name), of: RequestField(.baseline))
      if let argument { compared[argument.0].baseline = place } else { common = place }
    }
    var comparison = Comparison(arms: arms, models: compared, folder: output)
    comparison.baseline = common
    comparison.rewards = try scoring.rewards()
    comparison.negativeAgreement = scoring.negative
    let isFamily = models.model.isEmpty && comparison.rewards.isEmpty
    let judge = try scoring.judge ?? (isFamily ? DefaultModel.folder("emoji-judge", with: "config.json") : nil)
    comparison.judge = judge.map { EmojiFrameJudge(folder: $0) }
    comparison.seeds = seeds
    try sampling.apply(to: &comparison.request)
    size.apply(to: &comparison.request)
    (comparison.request.frames, comparison.request.fps) = (frames, fps)
    (comparison.modelOptions, comparison.dtype) = (modelFile.options, compute.dtype)
    try comparison.validate()
    return comparison
  }
}
