package import NegativeSpaceEmojiWorld

/// Prompts for the shipped family.
package enum FamilyPrompts {
  /// `count` prompts of a split's combinations in plain words; concepts take turns.
  ///
  /// - Throws: `EmojiWorldError` where the emoji font is missing.
  package static func prompts(
    _ medium: SceneDirector.Medium, split: Split, count: Int, seed: UInt64
  ) throws -> [String] {
    try Dataset(
      SpriteSheet(), split: split, seed: seed, conceptCount: EmojiFamily.conceptCount, side: EmojiFamily.side
    ).prompts(medium, count: count).map(\.text)
  }
}
