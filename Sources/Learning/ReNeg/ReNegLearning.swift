import NegativeSpaceKernels
package import NegativeSpacePipelines
import NegativeSpaceRewards
package import NegativeSpaceTraining

/// How long a negative is learned, and where its state is kept.
package struct ReNegPlan: Sendable {
  package let folder: String
  package let steps: Int
  package let rate: Float
  package let validateEvery: Int
  package let patience: Int?

  package init(folder: String, steps: Int, rate: Float, validateEvery: Int, patience: Int?) {
    (self.folder, self.steps, self.rate) = (folder, steps, rate)
    (self.validateEvery, self.patience) = (validateEvery, patience)
  }
}

/// Learns one negative for all prompts: from what a user names to the embedding with its origin.
package struct ReNegLearning {
  private let subject: ReNegSubject
  private let train: [String]
  private let held: [String]
  private let start: NegativeEmbedding?
  private let promptsName: String
  /// What is validated and written is the mean of the last twenty steps or so: with few steps at a high rate each is mostly noise.
  private static let averageDecay: Float = 0.95

  /// What came of it.
  package struct Result: Sendable {
    package let embedding: NegativeEmbedding
    /// The step it was taken from, and its mean reward on held-out prompts.
    package let step: Int
    package let reward: Float

    /// In a line.
    package var summary: String { "Best after step \(step): a reward of \(reward) on held-out prompts." }
  }

  /// - Parameters:
  ///   - prompts: what is learned on, and if `held` is nil every tenth of it validated on.
  ///   - name: what the list of prompts is called in the embedding's notes.
  ///   - start: a negative to start from; nil is the empty prompt.
  package init(
    _ subject: ReNegSubject, prompts: [String], name: String, held: [String]?, start: NegativeEmbedding?
  ) {
    (self.subject, self.start, promptsName) = (subject, start, name)
    self.held = held ?? prompts.enumerated().filter { $0.offset % 10 == 9 }.prefix(64).map(\.element)
    train = held == nil ? prompts.enumerated().filter { $0.offset % 10 != 9 }.map(\.element) : prompts
  }

  /// What will be done, in a line.
  package var summary: String {
    "Learning on \(train.count) prompts, validating on \(held.count), for \(subject.rollout.reward.name), guidance "
      + "\(subject.rollout.settings.guidanceScale)."
  }

  /// - Returns: nil when it was interrupted before the first validation.
  /// - Throws: `TrainingError`; the state on disk is then that of the last checkpoint.
  package func run(
    _ plan: ReNegPlan, isInterrupted: @escaping () -> Bool, report: @escaping (TrainingProgress) -> Void
  ) throws -> Result? {
    let rollout = subject.rollout
    let states = start?.states ?? rollout.model.emptyStates()
    let task = try ReNegTask(rollout, train: train, held: held)
    var training = TrainingPlan(
      folder: plan.folder, steps: plan.steps, shards: shards,
      learningRate: LearningRate(peak: plan.rate, warmup: 0, total: plan.steps), averageDecay: Self.averageDecay,
      checkpointEvery: min(25, plan.validateEvery), validateEvery: plan.validateEvery, sampleEvery: plan.validateEvery)
    (training.best, training.patience) = (ReNegTask.figure, plan.patience)
    training.isSequential = rollout.settings.isCheckpointed
    let weights = TrainableWeights(start: NegativeStart(states), dtype: .float32)
    _ = try TrainingLoop(
      task: task, plan: training, weights: weights, isInterrupted: isInterrupted, report: report
    ).run()
    return try result(plan.folder)
  }

  /// Halves of a batch on two threads for small models; one part after the other for those of which only one fits.
  private var shards: Int {
    let settings = subject.rollout.settings
    return settings.isCheckpointed
      ? (settings.batch + settings.together - 1) / settings.together : min(2, settings.batch)
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
