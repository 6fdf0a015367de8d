import Foundation
import Kernels
import Layers
import Networks
package import Pipelines
package import Rewards
import Sampling
import Tensors

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

/// Learns a negative on a model: from what a user names to the embedding with its origin.
package struct ReNegLearning {
  private let rollout: ReNegRollout
  private let train: [String]
  private let held: [String]
  private let start: NegativeEmbedding?
  private let space: TextSpace
  private let provenance: EmbeddingProvenance

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
  ///   - start: a file to start from; nil is the empty prompt.
  ///   - together: samples at once; nil is as many as a model of this size bears.
  /// - Throws: `RewardError`, `TrainingError.missingInput`, what is wrong with the model's or the embedding's files.
  package init(
    model: DiffusionModel, rewards: [RewardName], prompts: [String], name: String, held: [String]?, start: String?,
    settings: ReNegSettings, together: Int?
  ) throws {
    let isLarge = model.textWidth >= 512
    var settings = settings
    settings.together = together ?? (isLarge ? 1 : model.kind == .image ? 16 : 4)
    settings.isCheckpointed = isLarge
    let parts = try rewards.map { (reward: try $0.load(), weight: $0.weight) }
    let reward: any Reward = parts.count == 1 && parts[0].weight == 1 ? parts[0].reward : RewardMix(parts)
    rollout = ReNegRollout(try ReNegModel(model), reward: reward, settings: settings)
    self.held = held ?? prompts.enumerated().filter { $0.offset % 10 == 9 }.prefix(64).map(\.element)
    train = held == nil ? prompts.enumerated().filter { $0.offset % 10 != 9 }.map(\.element) : prompts
    space = try model.textSpace()
    self.start = try start.map { try NegativeEmbedding(contentsOf: $0) }
    var provenance = EmbeddingProvenance()
    provenance.method = "reneg"
    provenance.baseModel = URL(fileURLWithPath: model.path).lastPathComponent
    provenance.baseModelHash = try model.identity().hash
    provenance.reward = reward.name
    provenance.prompts = name
    provenance.seed = Int(truncatingIfNeeded: settings.seed)
    self.provenance = provenance
  }

  /// What will be done, in a line.
  package var summary: String {
    "Learning on \(train.count) prompts, validating on \(held.count), for \(rollout.reward.name), guidance "
      + "\(rollout.settings.guidanceScale)."
  }

  /// - Throws: `TrainingError`; the state on disk is then that of the last checkpoint.
  package func run(
    _ plan: ReNegPlan, isInterrupted: @escaping () -> Bool, report: @escaping (TrainingProgress) -> Void
  ) throws -> Result {
    let states = start?.states ?? rollout.model.emptyStates()
    let task = try ReNegTask(rollout, train: train, held: held)
    var training = TrainingPlan(
      folder: plan.folder, steps: plan.steps, shards: shards,
      learningRate: LearningRate(peak: plan.rate, warmup: 0, total: plan.steps), averageDecay: 0,
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
    let settings = rollout.settings
    return settings.isCheckpointed
      ? (settings.batch + settings.together - 1) / settings.together : min(2, settings.batch)
  }

  /// The best state of a run; before its first validation, where it started.
  private func result(_ folder: String) throws -> Result {
    let checkpoint = TrainingCheckpoint(bestIn: folder)
    guard let best = checkpoint.best(), let negative = try checkpoint.averages().tensors[ReNegTask.parameter] else {
      throw TrainingError.missingInput("\(folder) has no validated state yet; let it run up to the first validation")
    }
    var provenance = provenance
    provenance.steps = best.step
    return Result(
      embedding: NegativeEmbedding(states: negative, space: space, provenance: provenance), step: best.step,
      reward: best.value)
  }
}

extension ReNegModel {
  /// A loaded model, at the size it was made for.
  ///
  /// - Throws: what is wrong with its files.
  package init(_ model: DiffusionModel) throws {
    let encoder = try model.promptEncoder()
    let size = model.denoiserConfiguration.sampleSize
    let channels = model.autoencoderConfiguration.latentChannels
    let frames = model.kind == .image ? [] : [model.defaults.frames]
    self.init(
      denoiser: try model.denoiser(), autoencoder: try model.autoencoder(),
      text: TextConditioner(tokenizer: encoder.tokenizer, encoder: encoder.network),
      scheduler: model.schedulerConfiguration,
      latentShape: frames + [size.height, size.width, channels],
      fps: model.defaults.fpsCondition.map { Float($0) })
  }
}
