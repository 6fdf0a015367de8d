import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
public import NegativeSpacePipelines
public import NegativeSpaceRewards
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTraining

/// Tunes a model's text encoder, or its denoiser, by the gradient of rewards (TextCraftor, arXiv:2403.18978).
///
///     var settings = TextCraftorSettings(for: model)
///     settings.form = .lora(rank: 8)
///     let learning = try TextCraftorLearning(model: model, prompts: prompts, rewards: rewards, settings: settings)
///     let learned = try learning.run(TextCraftorPlan(folder: "run", steps: 200)) { print($0.step, $0.reward) }
///     try learned.network.write(to: "tuned.safetensors")
///
/// A step makes pictures, or clips, from some of the prompts, the last steps of the sampler with the tuned network, scores
/// them, and moves its weights along the score's gradient. The parts of the model that it needs are loaded when it is made,
/// and kept.
public struct TextCraftorLearning: Sendable {
  private let subject: TextCraftorSubject
  private let source: TextCraftorTask.Source
  private let held: [String]
  private let sourceName: String
  /// Validated where no prompts are named for it.
  private static let heldPrompts = 64

  /// Result of tuning.
  public struct Result: Sendable {
    /// The best network, with how it was tuned.
    public let network: TunedNetwork
    /// The step it was taken from.
    public let step: Int
    /// Its mean reward on held-out prompts.
    public let reward: Float
  }

  /// Opens what it takes to learn from whole runs, and refuses what cannot be learned from.
  ///
  /// - Parameters:
  ///   - prompts: learned on, and without `validation` every tenth of them validated on instead: at least ten then.
  ///   - validation: prompts to validate on, each with a seed of its own.
  ///   - rewards: scores that are to become better, summed by their weights; at least one.
  ///   - settings: nil is `TextCraftorSettings(for: model)`.
  ///   - textEncoder: where the denoiser is tuned, a tuned encoder for the recorded steps; nil is the model's own.
  ///   - promptsName: the prompts as the result's notes call them; nil says how many there are.
  /// - Throws: `LearningError.setting`, `RewardError`, `RequestError`, errors in a file.
  public init(
    model: DiffusionModel, prompts: [String], validation: [String]? = nil, rewards: [RewardName],
    settings: TextCraftorSettings? = nil, textEncoder: FileReference? = nil, promptsName: String? = nil
  ) throws {
    subject = try TextCraftorSubject(model: model, rewards: rewards, settings: settings, textEncoder: textEncoder)
    sourceName = promptsName ?? "\(prompts.count) prompts"
    held = validation ?? Self.tenths(prompts)
    source = .prompts(
      validation == nil ? prompts.enumerated().filter { $0.offset % 10 != 9 }.map(\.element) : prompts)
    guard !prompts.isEmpty, !held.isEmpty else {
      throw LearningError.setting(
        "prompts", found: "\(prompts.count), with \(held.count) to validate on",
        expected: "at least ten, every tenth of which is validated on, or others to validate on beside them")
    }
  }

  /// Opens what it takes to learn from noised pictures, one call of the denoiser each, without guidance.
  ///
  /// The paper's own control, worse by its tables than whole runs.
  /// - Parameters:
  ///   - pictures: learned on; without `validation` every tenth caption is validated on as well.
  ///   - settings: what they say of the steps and guidance of a run holds for validation.
  /// - Throws: as the other.
  public init(
    model: DiffusionModel, pictures: CaptionedPictures, validation: [String]? = nil, rewards: [RewardName],
    settings: TextCraftorSettings? = nil, textEncoder: FileReference? = nil
  ) throws {
    guard model.kind == .image, !model.files.isLVDM else {
      throw LearningError.setting(
        "pictures", found: "given for \(model.path), a model of videos", expected: "prompts, or a model of pictures")
    }
    subject = try TextCraftorSubject(model: model, rewards: rewards, settings: settings, textEncoder: textEncoder)
    guard subject.rollout.model.own.autoencoder.canEncode else { throw ModelError.noEncoder }
    sourceName = "\(pictures.captions.count) pictures"
    held = validation ?? (pictures.captions.count < 10 ? pictures.captions : Self.tenths(pictures.captions))
    source = .pictures(pictures)
  }

  private static func tenths(_ prompts: [String]) -> [String] {
    prompts.enumerated().filter { $0.offset % 10 == 9 }.prefix(heldPrompts).map(\.element)
  }

  /// Summary of the planned run: a line, and another where there is something to know.
  public var summary: String {
    let settings = subject.rollout.settings
    let what = settings.network == .textEncoder ? "the text encoder" : "the denoiser"
    let form = settings.lora.map { "a LoRA of rank \($0.rank) on \(what)" } ?? "all weights of \(what)"
    let learned =
      switch source {
      case .prompts(let prompts):
        "\(prompts.count) prompts, the last \(settings.recordedSteps) of \(settings.samplingSteps) steps"
      case .pictures(let pictures): "\(pictures.captions.count) pictures, one noised call each"
      }
    return
      "Tuning \(form) on \(learned); validating on \(held.count) prompts, the last \(settings.stepsTested) steps; for "
      + "\(subject.rollout.objective.name), guidance \(settings.guidanceScale)."
      + (settings.note.map { "\n" + $0 } ?? "")
  }

  /// Learns, from the checkpoint in the plan's folder if there is one.
  ///
  /// - Parameters:
  ///   - report: told after every step.
  ///   - isCancelled: asked before every call of a network, on several threads; true ends the run with a checkpoint, and
  ///     what was best so far is the result.
  /// - Returns: the best of the validated states.
  /// - Throws: `LearningError.notValidated` where there is none yet; where a number stops being finite, errors that say so,
  ///   and `best(of:)` is still there.
  public func run(
    _ plan: TextCraftorPlan, report: @escaping (LearningProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Result {
    try plan.validate()
    var rollout = subject.rollout
    rollout.isCancelled = isCancelled
    let settings = rollout.settings
    var training = TrainingPlan(
      folder: plan.folder, steps: plan.steps, shards: shards,
      learningRate: LearningRate(peak: plan.rate ?? settings.usualRate, warmup: 0, total: 1, floor: 1),
      optimizer: Optimizer(
        AdamW(weightDecay: plan.weightDecay, maximumGradientNorm: plan.maximumGradientNorm)),
      averageDecay: settings.averageDecay, checkpointEvery: min(25, plan.validateEvery),
      validateEvery: plan.validateEvery, sampleEvery: plan.validateEvery)
    (training.best, training.patience) = (TextCraftorTask.figure, plan.patience)
    training.isSequential = isLarge
    training.settings = try subject.settings(source, held: held)
    let folder = try RunFolder(training, derived: [HeldOutPrompts.file])
    let weights = rollout.model.tuned.start(seed: settings.seed)
    // Cut off before the first step there is nothing to lose.
    do {
      let task = try TextCraftorTask(rollout, source: source, held: held, in: folder)
      _ = try TrainingLoop(
        task: task, plan: training, weights: weights, isInterrupted: isCancelled,
        report: { report(LearningProgress($0)) }
      ).run(in: folder)
    } catch is CancellationError {}
    guard let result = try best(of: plan) else { throw LearningError.notValidated(folder: plan.folder) }
    return result
  }

  /// The best validated state of a run, also of one that failed later; nil where nothing is validated yet.
  ///
  /// - Throws: errors in its file.
  public func best(of plan: TextCraftorPlan) throws -> Result? {
    let checkpoint = TrainingCheckpoint(bestIn: plan.folder)
    guard let best = checkpoint.best() else { return nil }
    var provenance = subject.provenance
    (provenance.prompts, provenance.steps) = (sourceName, best.step)
    let settings = subject.rollout.settings
    return Result(
      network: try TunedNetwork(
        settings.network, tensors: checkpoint.averages().tensors, lora: settings.lora, of: subject.model.files,
        provenance: provenance),
      step: best.step, reward: best.value)
  }

  private var isLarge: Bool { subject.model.textWidth >= 512 }

  /// Halves of a batch on two threads for small models; one part after the other for those of which only one fits.
  private var shards: Int {
    let settings = subject.rollout.settings
    return isLarge ? (settings.batch + settings.samplesAtOnce - 1) / settings.samplesAtOnce : min(2, settings.batch)
  }
}

extension TextCraftorLearning.Result {
  /// The same in a line.
  public var summary: String { "Best after step \(step): a reward of \(reward) on held-out prompts." }
}
