package import NegativeSpaceEmojiWorld
import NegativeSpaceLayers
import NegativeSpaceRewards
package import NegativeSpaceTensors
package import NegativeSpaceTraining

/// Trains the family's quality reward: what, if anything, is wrong with a picture.
///
/// Pictures are as they were rendered, so that the softness which denoiser and autoencoder leave counts as a damage.
package struct QualityTask: LongValidation {
  private let train: Dataset
  private let held: Dataset
  private let batch: Int
  /// Label smoothing (arXiv:1512.00567): a network that is never quite sure still tells a good picture from a better
  /// one.
  private static let smoothing: Float = 0.1
  var isCancelled: @Sendable () -> Bool = { false }

  package init(train: Dataset, held: Dataset, batch: Int) {
    (self.train, self.held, self.batch) = (train, held, batch)
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let seen = try look(at: PictureBatch.samples(train, shard.samples(step: step, batch: batch)), weights)
    let surprise = seen.logits.logSoftmax().mean() * -1
    return (
      Losses.crossEntropy(seen.logits, seen.targets) * (1 - Self.smoothing) + surprise * Self.smoothing,
      [Figure("damage accuracy", Losses.accuracy(seen.logits, seen.targets))]
    )
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    var (parts, targets): ([Tensor], [Int]) = ([], [])
    for start in stride(from: 0, to: 512, by: 64) {
      if isCancelled() { throw CancellationError() }
      let seen = try look(at: PictureBatch.samples(held, start..<(start + 64)), weights)
      parts.append(seen.logits)
      targets += seen.targets
    }
    let logits = Tensor.concatenate(parts, axis: 0)
    let right = zip(logits.argmax(), targets).count { ($0 == 0) == ($1 == 0) }
    return [
      Figure("damage accuracy", Losses.accuracy(logits, targets)),
      Figure("quality accuracy", Float(right) / Float(targets.count)),
    ]
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {}

  private func look(
    at samples: [Dataset.Sample], _ weights: any WeightSource
  ) throws -> (logits: Tensor, targets: [Int]) {
    let network = try QualityNetwork(WeightScope(weights))
    return (
      network(PictureBatch.tensor(samples.map(\.canvas)) * 0.5 + 0.5),
      samples.map { JudgeClasses.damage($0.damage) }
    )
  }
}
