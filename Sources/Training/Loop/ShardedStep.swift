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

    /// The sums of both, tensor by tensor and figure by figure.
    static func + (one: Part, other: Part) -> Part {
      Part(
        loss: one.loss + other.loss, gradients: one.gradients.merging(other.gradients) { $0 + $1 },
        figures: zip(one.figures, other.figures).map { Figure($0.name, $0.value + $1.value) })
    }
  }

  /// - Parameter isSequential: one shard after the other, each on all threads.
  package init(
    task: any TrainingTask, weights: TrainableWeights, step: Int, shards: Int, isSequential: Bool = false
  ) throws {
    // The first step makes parameters as the network asks for them: one shard at a time.
    let sources = SharedWeights(weights)
    let part: @Sendable (Int) throws -> Part = { index in
      let source = StepWeights(sources.weights)
      let (loss, figures) = try task.loss(step: step, shard: Shard(index: index, count: shards), weights: source)
      return Part(loss: loss.item, gradients: source.gradients(of: loss), figures: figures)
    }
    var sum: Part?
    if isSequential || weights.parameters.isEmpty {
      // Added up as they come: of a large network only one more set of gradients fits.
      for index in 0..<shards {
        let next = try isSequential ? part(index) : Threads.$limit.withValue(1) { try part(index) }
        sum = sum.map { $0 + next } ?? next
      }
    } else {
      let results = Mutex<[Int: Result<Part, any Error>]>([:])
      workers(shards) { index in
        let result = Result { try part(index) }
        results.withLock { $0[index] = result }
      }
      sum = try results.withLock { results in
        try (0..<shards).compactMap { try results[$0]?.get() }.reduce(nil) { sum, next in sum.map { $0 + next } ?? next
        }
      }
    }
    let share = 1 / Float(shards)
    loss = (sum?.loss ?? 0) * share
    gradients = sum?.gradients.mapValues { $0 * share } ?? [:]
    figures = sum?.figures.map { Figure($0.name, $0.value * share) } ?? []
  }

  /// The weights as the shards see them: after the first step they only read.
  private struct SharedWeights: @unchecked Sendable {
    let weights: TrainableWeights
    init(_ weights: TrainableWeights) { self.weights = weights }
  }
}
