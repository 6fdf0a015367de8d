package import EmojiWorld
import Foundation
import Layers
package import Networks
package import Tensors

/// Trains the autoencoder to give pictures back through small, smooth latents.
package struct AutoencoderTask: TrainingTask {
  private let train: Dataset
  private let held: Dataset
  private let batch: Int
  private let seed: UInt64
  private let configuration: AutoencoderKLConfiguration
  /// Pulls latents towards a unit Gaussian; large enough that neighbouring latents decode alike.
  private let divergenceWeight: Float = 3e-4

  package init(
    _ configuration: AutoencoderKLConfiguration, train: Dataset, held: Dataset, batch: Int, seed: UInt64
  ) {
    (self.configuration, self.train, self.held) = (configuration, train, held)
    (self.batch, self.seed) = (batch, seed)
  }

  /// Whether a parameter comes after the latents.
  package static let isOfDecoder: @Sendable (String) -> Bool = {
    $0.hasPrefix("decoder.") || $0.hasPrefix("post_quant_conv.")
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let indices = shard.samples(step: step, batch: batch)
    let pictures = PictureBatch.tensor(PictureBatch.samples(train, indices).map(\.canvas))
    let autoencoder = try AutoencoderKL(configuration, WeightScope(weights))
    let posterior = autoencoder.encode(pictures)
    var random = TorchRandom(seed: Int(truncatingIfNeeded: seed) &+ indices.lowerBound)
    let latents = posterior.sample(noise: random.normal(posterior.mean.shape))
    let difference = autoencoder.decode(latents) - pictures
    let absolute = difference.abs().mean()
    let edges = Self.edges(difference)
    let divergence = posterior.divergence().sum() / Float(posterior.mean.count)
    return (
      absolute + edges + divergence * divergenceWeight,
      [
        Figure("absolute error", absolute.item), Figure("edge error", edges.item),
        Figure("divergence", divergence.item),
      ]
    )
  }

  /// The mean absolute slope of the error: blur costs more than a slightly wrong shade.
  private static func edges(_ difference: Tensor) -> Tensor {
    let (h, w) = (difference.size(1), difference.size(2))
    let down =
      difference.slice(axis: 1, from: 1, to: h) - difference.slice(axis: 1, from: 0, to: h - 1)
    let across =
      difference.slice(axis: 2, from: 1, to: w) - difference.slice(axis: 2, from: 0, to: w - 1)
    return (down.abs().mean() + across.abs().mean()) * 0.5
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let autoencoder = try AutoencoderKL(configuration, WeightScope(weights))
    var squared = 0.0
    var latentSquares = 0.0
    for start in stride(from: 0, to: 64, by: 16) {
      let pictures = PictureBatch.tensor(PictureBatch.samples(held, start..<(start + 16)).map(\.canvas))
      let mean = autoencoder.encode(pictures).mean
      squared += Double((autoencoder.decode(mean) - pictures).square().mean().item) / 4
      latentSquares += Double(mean.square().mean().item) / 4
    }
    return [
      // Pictures span 2, so the peak is 2: PSNR = 10·log10(4 / MSE).
      Figure("PSNR", Float(10 * log10(4 / squared))),
      Figure("latent deviation", Float(latentSquares.squareRoot())),
    ]
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let autoencoder = try AutoencoderKL(configuration, WeightScope(weights))
    let samples = PictureBatch.samples(held, 0..<16)
    let pictures = PictureBatch.tensor(samples.map(\.canvas))
    let decoded = autoencoder.decode(autoencoder.encode(pictures).mean)
    let results = (0..<16).map { PictureBatch.canvas(decoded.slice(axis: 0, from: $0, to: $0 + 1)) }
    let pairs = zip(samples.map(\.canvas), results).flatMap { [$0, $1] }
    try SampleSheet.write(pairs, columns: 8, to: "\(folder)/samples-\(step).png")
  }
}
