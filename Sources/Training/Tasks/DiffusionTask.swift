package import EmojiWorld
import Foundation
import Layers
import Networks
package import Sampling
package import Tensors

/// Trains a denoiser on cached latents: images and videos are the same task with another network.
package struct DiffusionTask: TrainingTask {
  private let network: DenoiserRecipe
  private let train: (cache: LatentCache, dataset: Dataset)
  private let held: (cache: LatentCache, dataset: Dataset)
  private let text: TextConditioner
  private let loss: DiffusionLoss
  private let batch: Int
  private let seed: UInt64
  private let evaluation: EmojiEvaluation
  /// Captions replaced by the empty one, so that the network also learns the unconditional branch.
  private let dropout: Float = 0.1

  package init(
    _ network: DenoiserRecipe, train: (cache: LatentCache, dataset: Dataset),
    held: (cache: LatentCache, dataset: Dataset),
    text: TextConditioner, scheduler: SchedulerConfiguration, batch: Int, seed: UInt64, evaluation: EmojiEvaluation
  ) throws {
    (self.network, self.train, self.held, self.text) = (network, train, held, text)
    loss = try DiffusionLoss(scheduler)
    (self.batch, self.seed, self.evaluation) = (batch, seed, evaluation)
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let places = shard.samples(step: step, batch: batch)
    var random = SplitMix64(seed: seed, stream: 1, index: UInt64(places.lowerBound))
    let indices = places.map { _ in random.below(train.cache.count) }
    let captions = indices.map { random.chance(dropout) ? "" : train.dataset.take(network.medium, at: $0).caption }
    let timesteps = places.map { _ in loss.timestep(median: network.timestepMedian, &random) }
    let denoiser = try network.denoiser(WeightScope(weights))
    var clean = train.cache.rows(indices)
    if network.strides.count > 1 { clean = clean.everyFrame(network.strides[random.below(network.strides.count)]) }
    let states = text(captions)
    let errors = loss(clean, timesteps: timesteps, noiseSeed: random.next()) { denoiser($0, $1, states) }
    return (errors.mean(), [])
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let denoiser = try network.denoiser(WeightScope(weights))
    var total: Float = 0
    let size = network.medium == .clip ? 4 : 32
    let batches = 4
    for number in 0..<batches {
      let indices = Array((number * size)..<((number + 1) * size)).map { $0 % held.cache.count }
      let timesteps = indices.map { ($0 * 2_654_435_761) % loss.timestepCount }
      let states = text(indices.map { held.dataset.take(network.medium, at: $0).caption })
      total +=
        loss(held.cache.rows(indices), timesteps: timesteps, noiseSeed: UInt64(number)) {
          denoiser($0, $1, states)
        }.mean().item
    }
    return try [Figure("error", total / Float(batches))] + evaluation.figures(denoiser, text: text)
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let denoiser = try network.denoiser(WeightScope(weights))
    try evaluation.writeSheet(denoiser, text: text, to: "\(folder)/samples-\(step).png")
  }
}
