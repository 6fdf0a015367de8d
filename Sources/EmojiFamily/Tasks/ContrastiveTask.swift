package import NegativeSpaceEmojiWorld
import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceTensors
package import NegativeSpaceText
package import NegativeSpaceTraining

/// Trains CLIP's two towers to tell which caption belongs to which picture (arXiv:2103.00020, figure 3).
package struct ContrastiveTask: LongValidation {
  private let configuration: CLIPConfiguration
  private let tokenizer: CLIPTokenizer
  private let train: Dataset
  private let held: Dataset
  private let batch: Int
  var isCancelled: @Sendable () -> Bool = { false }

  package init(
    _ configuration: CLIPConfiguration, tokenizer: CLIPTokenizer, train: Dataset, held: Dataset, batch: Int
  ) {
    (self.configuration, self.tokenizer, self.train, self.held, self.batch) = (
      configuration, tokenizer, train, held, batch
    )
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let samples = PictureBatch.samples(train, shard.samples(step: step, batch: batch))
    let logits = try CLIPModel(configuration, WeightScope(weights)).logitsPerText(
      tokens(samples.map(\.caption)), PictureBatch.tensor(samples.map(\.canvas)))
    let pairs = Array(0..<samples.count)
    let loss =
      (Losses.crossEntropy(logits, pairs) + Losses.crossEntropy(logits.transposed(axes: [1, 0]), pairs)) * 0.5
    return (loss, [Figure("caption accuracy", Losses.accuracy(logits.transposed(axes: [1, 0]), pairs))])
  }

  /// Rows as long as the longest text: attention is causal, so what would follow changes nothing before it.
  private func tokens(_ captions: [String]) -> [[Int]] {
    let texts = captions.map { tokenizer.encode($0) }
    let length = texts.map { $0.ids.firstIndex(of: tokenizer.end).map { $0 + 1 } ?? $0.ids.count }.max() ?? 0
    return texts.map { Array($0.ids.prefix(length)) }
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let model = try CLIPModel(configuration, WeightScope(weights))
    let samples = try stride(from: 0, to: 256, by: 64).flatMap { start in
      if isCancelled() { throw CancellationError() }
      return PictureBatch.samples(held, start..<(start + 64))
    }
    let pictures = PictureBatch.tensor(samples.map(\.canvas))
    let names = tokens(held.concepts.map { "a " + $0.name })
    let classes = JudgeClasses(concepts: held.concepts)
    let byName = model.logitsPerText(names, pictures).transposed(axes: [1, 0])
    if isCancelled() { throw CancellationError() }
    let byCaption = model.logitsPerText(tokens(samples.map(\.caption)), pictures).transposed(axes: [1, 0])
    return [
      Figure("concept accuracy", Losses.accuracy(byName, samples.map { classes.concept($0.scene.concept) })),
      Figure("caption accuracy", Losses.accuracy(byCaption, Array(0..<samples.count))),
      Figure("loss", Losses.crossEntropy(byCaption, Array(0..<samples.count)).item),
    ]
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {}
}
