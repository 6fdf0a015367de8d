import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceTensors

/// LAION's aesthetic predictor v2: a guess of people's rating of a picture, about 1 to 10, whatever its prompt.
///
/// Five linear layers without activations on the unit embedding of CLIP ViT-L/14; the dropouts between them do nothing
/// here. Source: christophschuhmann/improved-aesthetic-predictor, `sac+logos+ava1-l14-linearMSE.pth`.
package struct AestheticReward: Reward {
  package let name = "aesthetic"
  private let vision: CLIPVisionModelWithProjection
  private let layers: [Linear]
  private let preparation: PicturePreparation

  /// - Parameter head: its weights: `layers.0`, `layers.2`, `layers.4`, `layers.6`, `layers.7`.
  /// - Throws: the errors of the weight source.
  package init(
    vision: CLIPVisionModelWithProjection, head: WeightScope, resizing: PicturePreparation.Resizing = .bicubic
  ) throws {
    self.vision = vision
    var preparation = PicturePreparation(size: vision.configuration.imageSize)
    preparation.resizing = resizing
    self.preparation = preparation
    layers = try PreferenceHead.layers(head, width: vision.configuration.projectionDim)
  }

  package func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor {
    score(vision(preparation(pictures)).imageEmbeds)
  }

  /// The score of image embeddings (N, D): (N).
  package func score(_ embeddings: Tensor) -> Tensor {
    let unit = embeddings.cast(to: .float32).unitRows
    return layers.reduce(unit) { $1($0) }.cast(to: .float32).reshaped([embeddings.size(0)])
  }
}
