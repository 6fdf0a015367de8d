import NegativeSpaceKernels
package import NegativeSpaceTensors

/// CLIP as a classifier without training (arXiv:2103.00020, section 3.1): softmax over the classes' names of what it
/// thinks of a picture with each.
package struct CLIPClassifier: PictureClassifier {
  private let scores: @Sendable (Tensor) -> Tensor
  /// A score of the reward as a logit.
  private let scale: Float

  /// - Parameter scale: logits of a score's unit: CLIP's own for 100 · cos is 1.
  package init(_ reward: any Reward, classes: [String], scale: Float = 1) {
    (scores, self.scale) = (reward.scores(with: classes), scale)
  }

  package func callAsFunction(_ pictures: Tensor) -> PictureClasses {
    PictureClasses(shares: (scores(pictures) * scale).softmax())
  }
}
