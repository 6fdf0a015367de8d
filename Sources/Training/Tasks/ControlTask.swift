package import EmojiWorld
import Kernels
import Layers
package import Networks
package import Sampling
package import Tensors

/// Trains a ControlNet to lead a finished image model along edges (arXiv:2302.05543).
///
/// The edges are those of the undamaged rendering: what is damaged in a picture is no wish of the edges.
package struct ControlTask: TrainingTask {
  private let unet: UNet2DConditionModel
  private let configuration: ControlNetConfiguration
  private let train: (cache: LatentCache, dataset: Dataset)
  private let held: (cache: LatentCache, dataset: Dataset)
  private let text: TextConditioner
  private let loss: DiffusionLoss
  private let batch: Int
  private let seed: UInt64
  private let evaluation: EmojiEvaluation
  private let dropout: Float = 0.1

  package init(
    _ unet: UNet2DConditionModel, _ configuration: ControlNetConfiguration,
    train: (cache: LatentCache, dataset: Dataset), held: (cache: LatentCache, dataset: Dataset), text: TextConditioner,
    scheduler: SchedulerConfiguration, batch: Int, seed: UInt64, evaluation: EmojiEvaluation
  ) throws {
    (self.unet, self.configuration) = (unet, configuration)
    (self.train, self.held, self.text) = (train, held, text)
    loss = try DiffusionLoss(scheduler)
    (self.batch, self.seed, self.evaluation) = (batch, seed, evaluation)
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let places = shard.samples(step: step, batch: batch)
    var random = SplitMix64(seed: seed, stream: 1, index: UInt64(places.lowerBound))
    let indices = places.map { _ in random.below(train.cache.count) }
    let captions = indices.map { random.chance(dropout) ? "" : train.dataset.take(.picture, at: $0).caption }
    // Where things are is decided at higher noise than what they are.
    let timesteps = places.map { _ in loss.timestep(median: 0.5, &random) }
    let denoiser = try controlled(WeightScope(weights), Self.edges(train.dataset, indices))
    let states = text(captions)
    let errors = loss(train.cache.rows(indices), timesteps: timesteps, noiseSeed: random.next()) {
      denoiser($0, $1, states)
    }
    return (errors.mean(), [])
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let indices = Array(0..<min(64, held.cache.count))
    let denoiser = try controlled(WeightScope(weights), Self.edges(held.dataset, indices))
    let states = text(indices.map { held.dataset.take(.picture, at: $0).caption })
    let timesteps = indices.map { ($0 * 2_654_435_761) % loss.timestepCount }
    let errors = loss(held.cache.rows(indices), timesteps: timesteps, noiseSeed: 0) { denoiser($0, $1, states) }
    return [Figure("error", errors.mean().item)] + (try evaluate(weights))
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let count = min(24, evaluation.prompts.count)
    let pictures = try generate(WeightScope(weights), 0..<count)
    let pairs = (0..<count).flatMap { [Self.canvas(Self.edges(held.dataset, [$0])), pictures[$0]] }
    try SampleSheet.write(pairs, columns: 8, to: "\(folder)/samples-\(step).png")
  }

  /// How well pictures led by the edges of scenes that were not trained on keep to them and to their captions.
  package func evaluate(_ weights: SnapshotWeights) throws -> [Figure] {
    let pictures = try generate(WeightScope(weights), 0..<evaluation.prompts.count)
    let agreement = pictures.enumerated().map { index, picture in
      EdgeAgreement(
        wanted: held.dataset.undamaged(at: index).edges, found: picture.edges, width: picture.width
      ).score
    }
    return [Figure("edge agreement", agreement.reduce(0, +) / Float(max(1, agreement.count)))]
      + evaluation.figures(of: pictures.map { [$0] })
  }

  // MARK: Inside

  /// The image model led by edges (P, H, W, 3), P dividing the batch.
  private func controlled(_ weights: WeightScope, _ edges: Tensor) throws -> DenoiserNetwork {
    let network = try ControlNetModel(configuration, weights)
    let control = network.embedding(of: edges)
    return { [unet] latents, timesteps, text in
      let residuals = network(latents, timesteps: timesteps, text: text, control: control)
      return unet(latents, timesteps: timesteps, text: text, residuals: residuals)
    }
  }

  /// The first held-out scenes again, by their captions and edges alone.
  private func generate(_ weights: WeightScope, _ range: Range<Int>) throws -> [Canvas] {
    try evaluation.generate(text: text, range: range) { part in
      try controlled(weights, Self.edges(held.dataset, Array(part)))
    }.compactMap(\.first)
  }

  /// Edges of undamaged renderings (B, side, side, 3) in 0…1.
  private static func edges(_ dataset: Dataset, _ indices: [Int]) -> Tensor {
    let values = indices.flatMap {
      dataset.undamaged(at: $0).edges.flatMap { [Float](repeating: $0 ? 1 : 0, count: 3) }
    }
    return Tensor(values, shape: [indices.count, dataset.side, dataset.side, 3])
  }

  private static func canvas(_ edges: Tensor) -> Canvas { PictureBatch.canvas(edges * 2 - 1) }
}
