package import NegativeSpaceEmojiWorld

/// Prompts for the shipped family.
package enum FamilyPrompts {
  /// `count` prompts of a split's combinations in plain words; concepts take turns.
  package static func prompts(
    _ medium: SceneDirector.Medium, split: Split, count: Int, seed: UInt64
  ) -> [String] {
    SceneDirector(conceptCount: EmojiFamily.conceptCount, split: split).prompts(medium, count: count, seed: seed)
      .map(\.text)
  }
}
