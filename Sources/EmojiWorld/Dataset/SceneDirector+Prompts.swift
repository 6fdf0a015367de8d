import NegativeSpaceTensors

extension SceneDirector {
  /// One thing to ask a trained model for, with what its answer must show.
  package struct Prompt: Sendable {
    package let text: String
    /// Concept and background, for a clip the motion, too.
    package let asked: CaptionAttributes

    package init(text: String, asked: CaptionAttributes) { (self.text, self.asked) = (text, asked) }
  }

  /// `count` prompts of the split's combinations in the plainest words: "a red apple spinning on a yellow background".
  ///
  /// Concepts take turns, backgrounds and motions are drawn. The same count and seed give the same prompts.
  package func prompts(_ medium: Medium, count: Int, seed: UInt64 = 0) -> [Prompt] {
    (0..<count).map { index in
      var random = SplitMix64(seed: seed, stream: 0x7072_6F6D_7074 ^ medium.rawValue, index: UInt64(index))
      let concept = index % concepts.count
      var scene = subject(concept, medium, using: &random)
      for _ in 0..<500
      where !split.allows(concept: scene.concept, background: scene.background, motion: scene.motion) {
        scene = subject(concept, medium, using: &random)
      }
      let asked = CaptionAttributes(concept: scene.concept, background: scene.background, motion: scene.motion)
      return Prompt(text: CaptionWriter(asked, isVideo: medium == .clip).plainest, asked: asked)
    }
  }
}
