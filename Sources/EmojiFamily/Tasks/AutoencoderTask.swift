import Foundation
import NegativeSpaceEmojiWorld
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
package import NegativeSpaceTensors
package import NegativeSpaceTraining

/// Trains the autoencoder to give pictures back through small, smooth latents.
package struct AutoencoderTask: LongValidation {
  private let train: Dataset
  private let held: Dataset
  private let batch: Int
  private let seed: UInt64
  private let configuration: AutoencoderKLConfiguration
  /// By whose states a decoded picture has to resemble the original, too; nil leaves it to pixels.
  private let perceptual: CLIPVisionModelWithProjection?
  /// By whose latents the first channels are held; nil leaves them free.
  private let smaller: SmallerAutoencoder?
  /// Pulls latents towards a unit Gaussian; large enough that neighbouring latents decode alike.
  private let divergenceWeight: Float = 3e-4
  var isCancelled: @Sendable () -> Bool = { false }

  init(
    _ configuration: AutoencoderKLConfiguration, perceptual: CLIPVisionModelWithProjection?,
    smaller: SmallerAutoencoder? = nil, train: Dataset, held: Dataset, batch: Int, seed: UInt64
  ) {
    (self.configuration, self.perceptual, self.smaller) = (configuration, perceptual, smaller)
    (self.train, self.held) = (train, held)
    (self.batch, self.seed) = (batch, seed)
  }

  private let perceptualWeight: Float = 0.2
  private let holdWeight: Float = 0.3

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
    let decoded = autoencoder.decode(latents)
    let difference = decoded - pictures
    let absolute = difference.abs().mean()
    let edges = Self.edges(difference)
    let divergence = posterior.divergence().sum() / Float(posterior.mean.count)
    var loss = absolute + edges + divergence * divergenceWeight
    var figures = [
      Figure("absolute error", absolute.item), Figure("edge error", edges.item), Figure("divergence", divergence.item),
    ]
    if let perceptual {
      let size = EmojiFamily.side / EmojiFamily.clipSide
      let unlikeness = Self.unlikeness(
        perceptual, decoded.averagePooled(kernel: size), pictures.averagePooled(kernel: size))
      loss = loss + unlikeness * perceptualWeight
      figures.append(Figure("unlikeness", unlikeness.item))
    }
    if let smaller {
      let distance = smaller.distance(of: posterior.mean, pictures)
      loss = loss + distance * holdWeight
      figures.append(Figure("distance of held latents", distance.item))
    }
    return (loss, figures)
  }

  /// Mean cosine distance of a tower's states of two pictures in [-1, 1], patch by patch plus as a whole.
  private static func unlikeness(_ tower: CLIPVisionModelWithProjection, _ decoded: Tensor, _ pictures: Tensor)
    -> Tensor
  {
    let (seen, wanted) = (tower(decoded), withoutGradients { tower(pictures) })
    let pairs = [(seen.lastHiddenState, wanted.lastHiddenState), (seen.imageEmbeds, wanted.imageEmbeds)]
    let cosines = pairs.map { ($0.cast(to: .float32).unitRows * $1.cast(to: .float32).unitRows).sum(axes: [-1]).mean() }
    return (cosines[0] + cosines[1]) * -1 + 2
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
      if isCancelled() { throw CancellationError() }
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
