import ArgumentParser
import NegativeSpaceLearning
import NegativeSpacePipelines
import NegativeSpaceRewards

/// `negspace learn negopt rl`: a writer by the scores of pictures.
struct LearnNegOptRLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rl", abstract: "Teach a writer of negatives by the scores of pictures made with what it writes.",
    discussion: """
      In a round the writer writes for some prompts, pictures are made with each negative and without one on the same noise, and PPO moves \
      the writer towards what gained, with a penalty for leaving the first writer. The run keeps its state in --run and goes on from there.

      Examples:
        negspace learn negopt rl -w writer --prompt-file prompts.txt -o better-writer
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The writer to begin with, such as negspace learn negopt sft makes.", valueName: "dir"),
    completion: .directory)
  var writer: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A model folder in diffusers' layout, or a single file. (default: Models/emoji-image)", valueName: "path"),
    completion: .file())
  var model: String?
  @Option(
    name: .customLong("prompt-file"),
    help: ArgumentHelp("Prompts to learn on, one a line; - for standard input.", valueName: "file"), completion: .file()
  )
  var promptFile: String
  @Option(
    help: ArgumentHelp("Prompts to validate on. (default: every tenth of --prompt-file)", valueName: "file"),
    completion: .file())
  var validationFile: String?
  @Option(
    help: ArgumentHelp(
      "What is to become better; repeatable, summed. (default: \(LearningRewards.usual))",
      valueName: "NAME[=PATH[,HEAD]][:WEIGHT]"))
  var reward: [String] = []
  @Option(
    help:
      "Weight of the fidelity, whose mean is the logarithm of the Inception Score; wants --classes, or an Inception v3."
  )
  var fidelity: Float = 0
  @Option(
    help: ArgumentHelp(
      "What tells classes for the fidelity: clipscore=PATH with --classes, or an Inception v3's file. (default: Models/emoji-clip)",
      valueName: "clipscore=PATH | file"))
  var classifier: String?
  @Option(
    help: ArgumentHelp("A file with the classes' names for a CLIP, one a line.", valueName: "file"), completion: .file()
  )
  var classes: String?

  @Option(help: "Updates.")
  var steps = 400
  @Option(help: "The highest learning rate; it falls along a cosine.")
  var rate: Float = 5e-5
  @Option(help: "Prompts of a round.")
  var prompts = 32
  @Option(help: "Pictures of each text, and as many without a negative.")
  var pictures = 4
  @Option(help: "Passes over a round's texts.")
  var epochs = 4
  @Option(help: "Texts of an update.")
  var batch = 16
  @Option(help: "Tokens of a text at most.")
  var maxTokens = 48
  @Option(help: "Sampler steps of a run (DDIM).")
  var samplingSteps = 10
  @Option(name: [.customLong("guidance-scale"), .customLong("cfg-scale")], help: "Guidance. (default: the model's)")
  var guidance: Float?
  @OptionGroup var size: SampleSizeOptions
  @Option(help: "First weight of the divergence from the first writer.")
  var divergence: Float = 0.2
  @Option(help: "The divergence, a token, that its weight is led to.")
  var divergenceTarget: Float = 0.2
  @Option(help: "The divergence, a token, at which learning ends.")
  var divergenceLimit: Float = 3
  @Option(help: "Pictures computed at once.")
  var together: Int?
  @OptionGroup(title: "Run") var options: WriterRunOptions
  @OptionGroup(title: "Computing") var compute: ComputeOptions
  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  func validate() throws {
    guard steps >= 1 else { throw ValidationError("--steps is \(steps); it must be at least 1") }
    guard rate > 0, rate.isFinite else { throw ValidationError("--rate is \(rate); it must be a number above 0") }
    if fidelity == 0, let given = classes.map({ ("--classes", $0) }) ?? classifier.map({ ("--classifier", $0) }) {
      throw ValidationError("\(given.0) is \(given.1); it tells classes for --fidelity, which is missing")
    }
    if fidelity > 0, classes == nil, classifier == nil {
      throw ValidationError(
        "--fidelity wants --classes, a file with the names of what a picture may be of, or an Inception v3 as --classifier"
      )
    }
  }

  func run() throws {
    let interruption = Interruption()
    try options.checkOutput(besides: writer)
    compute.apply()
    let model = try DiffusionModel(
      path: model ?? DefaultModel.folder(DefaultModel.name(.image)), dtype: compute.dtype)
    var settings = RLSettings()
    (settings.prompts, settings.pictures, settings.epochs, settings.batch) = (prompts, pictures, epochs, batch)
    (settings.maxTokens, settings.samplingSteps) = (maxTokens, samplingSteps)
    settings.size = size.size
    settings.guidanceScale = guidance ?? Float(model.defaults.guidanceScale)
    (settings.divergenceWeight, settings.divergenceTarget) = (divergence, divergenceTarget)
    (settings.divergenceLimit, settings.fidelity) = (divergenceLimit, fidelity)
    (settings.together, settings.seed) = (together, options.seed)
    let judge =
      try fidelity > 0
      ? ClassifierName(
        parsing: classifier ?? "clipscore=" + DefaultModel.folder("emoji-clip", with: "config.json"),
        classes: try classes.map { try PromptList(path: $0).texts } ?? []) : nil
    let learning = try RLLearning(
      writer: writer, model: model, prompts: try PromptList(path: promptFile).texts,
      validation: try validationFile.map { try PromptList(path: $0).texts },
      rewards: try LearningRewards.named(reward, for: model, reporting),
      classifier: judge, settings: settings)
    reporting.note(learning.summary)
    let plan = options.plan(steps: steps, rate: rate, validateEvery: 20)
    try options.finish(reporting, interruption, figure: "a gain over no negative") { report in
      try learning.run(
        plan, report: report, isCancelled: { interruption.isRaised }, collapsed: { reporting.note("\($0)") })
    }
  }
}
