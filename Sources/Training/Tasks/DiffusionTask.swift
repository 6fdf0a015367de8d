package import EmojiWorld
import Foundation
import Layers
import Networks
package import Sampling
package import Tensors

/// Trains a denoiser on cached latents: images and videos are the same task with another network.
///
/// The loss is the plain squared error of the configured prediction. Timesteps are drawn from a logit-normal distribution
/// (arXiv:2403.03206, section 3.1): what is shown, and where, is decided at the noise levels in the middle.
package struct DiffusionTask: TrainingTask {
  private let network: DenoiserRecipe
  private let train: (cache: LatentCache, dataset: Dataset)
  private let held: (cache: LatentCache, dataset: Dataset)
  private let text: TextConditioner
  private let schedule: NoiseSchedule
  private let prediction: Prediction
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
    schedule = try NoiseSchedule(scheduler)
    prediction = scheduler.prediction ?? .epsilon
    (self.batch, self.seed, self.evaluation) = (batch, seed, evaluation)
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let places = shard.samples(step: step, batch: batch)
    var random = SplitMix64(seed: seed, stream: 1, index: UInt64(places.lowerBound))
    let indices = places.map { _ in random.below(train.cache.count) }
    let captions = indices.map { random.chance(dropout) ? "" : train.dataset.take(network.medium, at: $0).caption }
    let timesteps = places.map { _ in timestep(&random) }
    let denoiser = try network.denoiser(WeightScope(weights))
    var clean = train.cache.rows(indices)
    if network.strides.count > 1 { clean = clean.everyFrame(network.strides[random.below(network.strides.count)]) }
    let value = errors(denoiser, clean, captions, timesteps, noiseSeed: random.next())
    return (value.mean(), [])
  }

  /// A timestep of median 0.4 T; both ends stay in reach.
  private func timestep(_ random: inout SplitMix64) -> Int {
    let place = 1 / (1 + exp(0.4 - random.grain()))
    return min(schedule.count - 1, Int(place * Float(schedule.count)))
  }

  /// The mean squared error of the prediction for each sample: (B).
  private func errors(
    _ denoiser: DenoiserNetwork, _ clean: Tensor, _ captions: [String], _ timesteps: [Int], noiseSeed: UInt64
  ) -> Tensor {
    var source = TorchRandom(seed: Int(noiseSeed & 0x7FFF_FFFF))
    let noise = source.normal(clean.shape)
    let target = schedule.target(prediction, clean, noise, timesteps: timesteps)
    let output = denoiser(
      schedule.addNoise(clean, noise, timesteps: timesteps), timesteps.map(Float.init), text(captions))
    return (output - target).square().mean(axes: Array(1..<clean.rank))
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let denoiser = try network.denoiser(WeightScope(weights))
    var total: Float = 0
    let size = network.medium == .clip ? 4 : 32
    let batches = 4
    for number in 0..<batches {
      let indices = Array((number * size)..<((number + 1) * size)).map { $0 % held.cache.count }
      let timesteps = indices.map { ($0 * 2_654_435_761) % schedule.count }
      let captions = indices.map { held.dataset.take(network.medium, at: $0).caption }
      total += errors(denoiser, held.cache.rows(indices), captions, timesteps, noiseSeed: UInt64(number)).mean().item
    }
    return try [Figure("error", total / Float(batches))] + evaluation.figures(denoiser, text: text)
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let denoiser = try network.denoiser(WeightScope(weights))
    try evaluation.writeSheet(denoiser, text: text, to: "\(folder)/samples-\(step).png")
  }
}
