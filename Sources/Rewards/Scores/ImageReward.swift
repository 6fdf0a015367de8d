import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceTensors
package import NegativeSpaceText

/// ImageReward (arXiv:2304.05977): people's preference, as BLIP with a head learned it from 137,000 comparisons.
///
/// Source: `ImageReward/ImageReward.py` and `ImageReward.pt` of THUDM; about 0 on average, with a deviation of about 1.
package struct ImageReward: Reward {
  package let name = "imagereward"
  private let vision: BLIPVisionModel
  private let text: BLIPTextModel
  private let layers: [Linear]
  private let tokenizer: WordPieceTokenizer
  private let preparation: PicturePreparation

  /// Tokens of a prompt at most, with the first and the last.
  private static let length = 35
  /// Of the head's values over the authors' data.
  private static let mean: Float = 0.16717362830052426
  private static let deviation: Float = 1.0333394966054072

  /// - Parameter weights: `blip.visual_encoder`, `blip.text_encoder`, `mlp.layers`.
  /// - Throws: the errors of the weight source.
  package init(
    _ shape: BLIPShape, _ weights: WeightScope, tokenizer: WordPieceTokenizer,
    resizing: PicturePreparation.Resizing = .bicubic
  ) throws {
    vision = try BLIPVisionModel(shape, weights["blip.visual_encoder"])
    text = try BLIPTextModel(shape, weights["blip.text_encoder"])
    layers = try PreferenceHead.layers(weights["mlp"], width: shape.text.width)
    var preparation = PicturePreparation(size: shape.imageSize)
    preparation.resizing = resizing
    self.preparation = preparation
    self.tokenizer = tokenizer
  }

  package func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor {
    let seen = vision(preparation(pictures))
    // Each text has its own length: without padding there is nothing to mask.
    let states = prompts.enumerated().map { place, prompt in
      text(tokenizer.encode(prompt, length: Self.length), picture: seen.slice(axis: 0, from: place, to: place + 1))
        .slice(axis: 1, from: 0, to: 1)
    }
    let first = Tensor.concatenate(states, axis: 0)
    let values = layers.reduce(first) { $1($0) }.cast(to: .float32).reshaped([prompts.count])
    return (values - Self.mean) / Self.deviation
  }
}
