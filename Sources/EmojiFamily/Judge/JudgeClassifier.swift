package import NegativeSpaceRewards
package import NegativeSpaceTensors

/// The judge as a classifier of concepts.
package struct JudgeClassifier: PictureClassifier {
  private let judge: EmojiJudge

  package init(_ judge: EmojiJudge) { self.judge = judge }

  package func callAsFunction(_ pictures: Tensor) -> PictureClasses {
    let sized =
      pictures.size(1) == judge.side && pictures.size(2) == judge.side
      ? pictures : pictures.interpolated(height: judge.side, width: judge.side, mode: .bilinear, antialias: true)
    return judge.classes(sized * 2 - 1)
  }
}

extension EmojiJudge {
  /// - Parameter pictures: (N, side, side, 3) in [-1, 1].
  fileprivate func classes(_ pictures: Tensor) -> PictureClasses {
    let features = network.features(pictures)
    return PictureClasses(shares: network.logits(features)[0].softmax(), features: features)
  }
}
