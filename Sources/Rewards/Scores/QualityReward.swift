import Kernels
package import Layers
package import Networks
package import Tensors

/// How sure a CLIP tower with a head of one number is that nothing is wrong with a picture: log p(undamaged).
///
/// The logarithm saturates at 0 for a picture that is fine, so there is little to win by exaggerating.
package struct QualityReward: Reward {
  package let name: String
  private let vision: CLIPVisionModelWithProjection
  private let head: Linear
  private let preparation: PicturePreparation

  /// - Parameter head: `weight` (1, projectionDim) and `bias` (1).
  /// - Throws: what the weight source throws.
  package init(
    vision: CLIPVisionModelWithProjection, head: WeightScope, preparation: PicturePreparation,
    name: String = "quality"
  ) throws {
    (self.vision, self.preparation, self.name) = (vision, preparation, name)
    self.head = try Linear(head, from: vision.configuration.projectionDim, to: 1)
  }

  package func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor {
    -1 * (logits(vision(preparation(pictures)).imageEmbeds) * -1).softplus()
  }

  /// The logits of "undamaged" for image embeddings (N, projectionDim): (N), float32.
  package func logits(_ embeddings: Tensor) -> Tensor {
    head(embeddings).cast(to: .float32).reshaped([embeddings.size(0)])
  }
}
