import NegativeSpaceKernels
public import NegativeSpacePipelines
public import NegativeSpaceRewards
import NegativeSpaceTraining

/// Learns one negative for all prompts by the gradient of a reward (ReNeg, arXiv:2412.19637).
///
///     let learning = try ReNegLearning(model: model, prompts: prompts, rewards: [RewardName(.quality, path: "Models/emoji-reward")])
///     let learned = try learning.run(ReNegPlan(folder: "run", steps: 1000)) { print($0.step, $0.reward) }
///     try learned.embedding.write(to: "negative.safetensors")
///
/// A step makes pictures, or clips, from some of the prompts up to a late step of the sampler, decodes the clean
/// estimate of that step, scores it, and moves the negative along the score's gradient. Nothing of the model changes.
/// The parts of the model that it needs are loaded when it is made, and kept.
public struct ReNegLearning: Sendable {
  private let subject: ReNegSubject
  private let train: [String]
  private let held: [String]
  private let start: NegativeEmbedding?
  private let promptsName: String
  /// Decay of the average that is validated and written, over the last twenty steps or so: with few steps at a high
  /// rate each is mostly noise.
  private static let averageDecay: Float = 0.95

  /// Result of learning.
  public struct Result: Sendable, Hashable {
    /// The best negative, with its text space and how it was learned.
    public let embedding: NegativeEmbedding
    /// The step it was taken from.
    public let step: Int
    /// Its mean reward on held-out prompts.
    public let reward: Float

    /// The same in a line.
    public var summary: String { "Best after step \(step): a reward of \(reward) on held-out prompts." }
  }

  /// Opens what it takes, and refuses what cannot be learned from.
  ///
  /// - Parameters:
  ///   - prompts: learned on, and without `validation` every tenth of them validated on instead: at least ten then.
  ///   - validation: prompts to validate on, each with a seed of its own.
  ///   - rewards: scores that are to become better, summed by their weights; at least one.
  ///   - settings: nil is `ReNegSettings(for: model)`.
  ///   - start: a negative of the model's text space to start from; nil is the empty prompt.
  ///   - promptsName: the prompts as the embedding's notes call them; nil says how many there are.
  /// - Throws: `LearningError.setting`, `RewardError`, `EmbeddingError`, errors in a file.
  public init(
    model: DiffusionModel, prompts: [String], validation: [String]? = nil, rewards: [RewardName],
    settings: ReNegSettings? = nil, start: NegativeEmbedding? = nil, promptsName: String? = nil
  ) throws {
    subject = try ReNegSubject(model: model, rewards: rewards, settings: settings)
    if let start { try subject.require(start: start) }
    (self.start, self.promptsName) = (start, promptsName ?? "\(prompts.count) prompts")
    held = validation ?? prompts.enumerated().filter { $0.offset % 10 == 9 }.prefix(64).map(\.element)
    train = validation == nil ? prompts.enumerated().filter { $0.offset % 10 != 9 }.map(\.element) : prompts
  }

  /// Summary of the planned run, in a line.
  public var summary: String {
    "Learning on \(train.count) prompts, validating on \(held.count), for \(subject.rollout.reward.name), guidance "
      + "\(subject.rollout.settings.guidanceScale)."
  }

  /// Learns, from the checkpoint in the plan's folder if there is one.
  ///
  /// - Parameters:
  ///   - report: told after every step.
  ///   - isCancelled: asked before every call of a network, on several threads; true ends the run with a checkpoint,
  ///     and what was best so
  ///     far is the result.
  /// - Returns: the best of the validated states.
  /// - Throws: `LearningError.notValidated` where there is none yet, errors in a file or a number; the state
  ///   on disk is then that of the last checkpoint.
  public func run(
    _ plan: ReNegPlan, report: @escaping (LearningProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Result {
    try plan.validate()
    var rollout = subject.rollout
    rollout.isCancelled = isCancelled
    let states = start?.states ?? rollout.model.emptyStates()
    var training = TrainingPlan(
      folder: plan.folder, steps: plan.steps, shards: shards,
      learningRate: LearningRate(peak: plan.rate, warmup: 0, total: plan.steps), averageDecay: Self.averageDecay,
      checkpointEvery: min(25, plan.validateEvery), validateEvery: plan.validateEvery, sampleEvery: plan.validateEvery)
    (training.best, training.patience) = (ReNegTask.figure, plan.patience)
    training.isSequential = rollout.settings.isCheckpointed
    training.settings = try subject.settings(train: train, held: held, start: states)
    let weights = TrainableWeights(start: NegativeStart(states), dtype: .float32)
    let folder = try RunFolder(training, derived: [HeldOutPrompts.file])
    // Cut off before the first step there is nothing to lose.
    if let task = try unlessCancelled({ try ReNegTask(rollout, train: train, held: held, in: folder) }) {
      _ = try TrainingLoop(
        task: task, plan: training, weights: weights, isInterrupted: isCancelled,
        report: { report(LearningProgress($0)) }
      ).run(in: folder)
    }
    guard let result = try result(plan.folder) else { throw LearningError.notValidated(folder: plan.folder) }
    return result
  }

  private func unlessCancelled<Value>(_ body: () throws -> Value) throws -> Value? {
    do { return try body() } catch is CancellationError { return nil }
  }

  /// Halves of a batch on two threads for small models; one part after the other for those of which only one fits.
  private var shards: Int {
    let settings = subject.rollout.settings
    return settings.isCheckpointed
      ? (settings.batch + settings.samplesAtOnce - 1) / settings.samplesAtOnce : min(2, settings.batch)
  }

  /// The best validated state of a run.
  private func result(_ folder: String) throws -> Result? {
    let checkpoint = TrainingCheckpoint(bestIn: folder)
    guard let best = checkpoint.best(), let negative = try checkpoint.averages().tensors[ReNegTask.parameter] else {
      return nil
    }
    var provenance = subject.provenance
    (provenance.prompts, provenance.steps) = (promptsName, best.step)
    return Result(
      embedding: NegativeEmbedding(states: negative, space: subject.space, provenance: provenance), step: best.step,
      reward: best.value)
  }
}
