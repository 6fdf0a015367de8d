package import EmojiWorld
import Kernels
import Layers
package import Networks
import Rewards
package import Tensors
package import Text

/// Trains the family's reward: a CLIP whose vision tower goes on learning which caption belongs to which picture, and a head
/// that tells damaged pictures from good ones.
///
/// Half of the pictures pass through the autoencoder, so that its own softness is not taken for a damage. The text tower
/// stays as it is.
package struct RewardTask: TrainingTask {
  private let configuration: CLIPConfiguration
  private let tokenizer: CLIPTokenizer
  private let autoencoder: AutoencoderKL
  private let train: Dataset
  private let held: Dataset
  private let batch: Int

  package init(
    _ configuration: CLIPConfiguration, tokenizer: CLIPTokenizer, autoencoder: AutoencoderKL, train: Dataset,
    held: Dataset, batch: Int
  ) {
    (self.configuration, self.tokenizer, self.autoencoder) = (configuration, tokenizer, autoencoder)
    (self.train, self.held, self.batch) = (train, held, batch)
  }

  /// Which parameters learn.
  package static func learns(_ name: String) -> Bool {
    !name.hasPrefix("text_model.") && !name.hasPrefix("text_projection.")
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let samples = PictureBatch.samples(train, shard.samples(step: step, batch: batch))
    let scope = WeightScope(weights)
    let model = try CLIPModel(configuration, scope)
    let seen = try look(at: samples, model, scope)
    let pairs = Array(0..<samples.count)
    let perPicture = seen.perText.transposed(axes: [1, 0])
    let agreement = (Losses.crossEntropy(seen.perText, pairs) + Losses.crossEntropy(perPicture, pairs)) * 0.5
    return (
      agreement + Losses.binaryCrossEntropy(seen.quality, samples.map { $0.damage == nil }),
      [
        Figure("caption accuracy", Losses.accuracy(perPicture, pairs)),
        Figure("quality accuracy", accuracy(seen.quality, samples)),
      ]
    )
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let scope = WeightScope(weights)
    let model = try CLIPModel(configuration, scope)
    let samples = PictureBatch.samples(held, 0..<256)
    let seen = try look(at: samples, model, scope)
    return [
      Figure("caption accuracy", Losses.accuracy(seen.perText.transposed(axes: [1, 0]), Array(0..<samples.count))),
      Figure("quality accuracy", accuracy(seen.quality, samples)),
    ]
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {}

  /// The logits of all pairs (texts, pictures) and those of "undamaged".
  private func look(
    at samples: [Dataset.Sample], _ model: CLIPModel, _ scope: WeightScope
  ) throws -> (perText: Tensor, quality: Tensor) {
    let preparation = PicturePreparation(
      size: configuration.vision.imageSize, mean: EmojiFamily.pictureMean, deviation: EmojiFamily.pictureDeviation)
    let reward = try QualityReward(vision: model.vision, head: scope["quality_head"], preparation: preparation)
    let pictures = preparation(softened(PictureBatch.tensor(samples.map(\.canvas))) * 0.5 + 0.5)
    let embeddings = model.vision(pictures).imageEmbeds
    let texts = model.text.embeddings(of: samples.map(\.caption), tokenizer)
    let perText =
      texts.matmul(embeddings.cast(to: .float32).unitRows, transposeB: true) * model.logitScale.exp()
    return (perText, reward.logits(embeddings))
  }

  /// Every second picture as the autoencoder gives it back; (N, H, W, 3) in [-1, 1].
  private func softened(_ pictures: Tensor) -> Tensor {
    withoutGradients {
      let count = pictures.size(0)
      let places = stride(from: 1, to: count, by: 2)
      let soft = autoencoder.decode(autoencoder.encode(pictures.rows(Array(places))).mean).cast(to: .float32)
      let order = (0..<count).map { $0 % 2 == 0 ? $0 / 2 : (count + 1) / 2 + $0 / 2 }
      let sharp = pictures.rows(Array(stride(from: 0, to: count, by: 2)))
      return Tensor.concatenate([sharp, soft.clamped(-1, 1)], axis: 0).rows(order)
    }
  }

  private func accuracy(_ logits: Tensor, _ samples: [Dataset.Sample]) -> Float {
    let right = zip(logits.floats, samples).filter { ($0 > 0) == ($1.damage == nil) }
    return Float(right.count) / Float(max(1, samples.count))
  }
}
