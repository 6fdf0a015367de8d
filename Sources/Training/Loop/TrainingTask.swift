package import NegativeSpaceTensors

/// One thing to train: its data, its network and its loss.
///
/// It holds no state that a step changes.
///
/// Everything random in step n derives from the seed and n alone, so a run that is resumed is the run that was
/// interrupted.
package protocol TrainingTask: Sendable {
  /// The loss on one shard of step `step` (counted from 0), recorded through `weights`, and figures for the log.
  ///
  /// Shards run at the same time, each on a thread of its own; the step's gradient is the mean of theirs.
  func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure])

  /// Figures on held-out data with the averaged weights.
  func validate(step: Int, weights: SnapshotWeights) throws -> [Figure]

  /// Writes pictures that show how far training has come; files are named after the step.
  func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws
}

/// One of the equal parts that a step's batch is cut into.
package struct Shard: Sendable {
  package let index: Int
  package let count: Int

  package init(index: Int, count: Int) { (self.index, self.count) = (index, count) }

  /// This shard's part of the samples of step `step`, with `batch` samples a step in all.
  package func samples(step: Int, batch: Int) -> Range<Int> {
    (step * batch + batch * index / count)..<(step * batch + batch * (index + 1) / count)
  }
}

/// A named number for the log.
package struct Figure: Sendable {
  package let name: String
  package let value: Float

  package init(_ name: String, _ value: Float) { (self.name, self.value) = (name, value) }
}

/// Plan for training a task.
package struct TrainingPlan: Sendable {
  /// Folder of checkpoint, log and samples.
  package var folder: String
  package var steps: Int
  /// Number of parts that a batch is cut into.
  ///
  /// Results depend on it in the last digits, so a resumed run keeps it.
  package var shards: Int
  package var learningRate: LearningRate
  package var optimizer: Optimizer
  /// Decay of the average of the weights, approached from below: min(decay, (1 + n) / (10 + n)).
  package var averageDecay: Float
  package var checkpointEvery: Int
  package var validateEvery: Int
  package var sampleEvery: Int
  /// The validation figure whose highest value is kept beside the checkpoint, in `best.safetensors`.
  package var best: String?
  /// Validations without a better one after which the run ends; nil goes on.
  package var patience: Int?
  /// Whether the parts of a batch are computed one after the other, each on all threads: for models of which only one
  /// run fits.
  package var isSequential = false
  /// What the result depends on beside the plan, by name: a run that is started again with another value is refused.
  package var settings: [String: String] = [:]

  package init(
    folder: String, steps: Int, shards: Int = 4, learningRate: LearningRate, optimizer: Optimizer = Optimizer(),
    averageDecay: Float = 0.999,
    checkpointEvery: Int = 500, validateEvery: Int = 500, sampleEvery: Int = 1000
  ) {
    (self.folder, self.steps, self.learningRate, self.optimizer) = (folder, steps, learningRate, optimizer)
    self.shards = shards
    (self.averageDecay, self.checkpointEvery) = (averageDecay, checkpointEvery)
    (self.validateEvery, self.sampleEvery) = (validateEvery, sampleEvery)
  }
}
