import NegativeSpaceKernels
package import NegativeSpaceTensors
import Synchronization

/// The loss and the mean gradient of one step, its shards computed at the same time.
package struct ShardedStep {
  package let loss: Float
  package let gradients: [String: Tensor]
  package let figures: [Figure]

  private struct Part: Sendable {
    let loss: Float
    let gradients: [String: Tensor]
    let figures: [Figure]
  }

  /// - Parameter isSequential: one shard after the other, each on all threads.
  package init(
    task: any TrainingTask, weights: TrainableWeights, step: Int, shards: Int, isSequential: Bool = false
  ) throws {
    let results = Mutex<[Int: Result<Part, any Error>]>([:])
    // The first step makes parameters as the network asks for them: one shard at a time.
    let sources = SharedWeights(weights)
    let compute: @Sendable (Int) -> Void = { index in
      let result = Result {
        let source = StepWeights(sources.weights)
        let (loss, figures) = try task.loss(step: step, shard: Shard(index: index, count: shards), weights: source)
        return Part(loss: loss.item, gradients: source.gradients(of: loss), figures: figures)
      }
      results.withLock { $0[index] = result }
    }
    if isSequential {
      for index in 0..<shards { compute(index) }
    } else if weights.parameters.isEmpty {
      for index in 0..<shards { Threads.$limit.withValue(1) { compute(index) } }
    } else {
      workers(shards, compute)
    }
    let parts = try results.withLock { results in try (0..<shards).compactMap { try results[$0]?.get() } }
    let share = 1 / Float(shards)
    loss = parts.reduce(0) { $0 + $1.loss } * share
    var sums = parts[0].gradients
    for part in parts.dropFirst() {
      sums.merge(part.gradients) { $0 + $1 }
    }
    gradients = sums.mapValues { $0 * share }
    figures = parts[0].figures.enumerated().map { index, figure in
      Figure(figure.name, parts.reduce(0) { $0 + $1.figures[index].value } * share)
    }
  }

  /// The weights as the shards see them: after the first step they only read.
  private struct SharedWeights: @unchecked Sendable {
    let weights: TrainableWeights
    init(_ weights: TrainableWeights) { self.weights = weights }
  }
}
