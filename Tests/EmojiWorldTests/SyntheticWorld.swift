import NegativeSpaceEmojiWorld

/// Concepts whose pictures are painted by rules, so that tests of the data need no font.
enum SyntheticWorld {
  /// A disc, a triangle, a bar, an L, and a disc with a spot, in colours that no background has.
  static let sheet = SpriteSheet(
    concepts: Array(Concept.all.prefix(5)),
    sprites: [
      Sprite { ($0 * $0).sum() < 0.25 ? SIMD4(0.9, 0.4, 0.5, 1) : .zero },
      Sprite { $0.y > -0.5 + 2 * abs($0.x) ? SIMD4(0.2, 0.4, 0.4, 1) : .zero },
      Sprite(extent: SIMD2(1, 0.4)) { abs($0.y) < 0.2 ? SIMD4(0.6, 0.8, 0.3, 1) : .zero },
      Sprite { $0.x < -0.2 || $0.y > 0.2 ? SIMD4(0.75, 0.65, 0.5, 1) : .zero },
      Sprite { at in
        guard (at * at).sum() < 0.25 else { return .zero }
        let toSpot = at - SIMD2(0.25, 0)
        return (toSpot * toSpot).sum() < 0.03 ? SIMD4(0, 0.3, 0.4, 1) : SIMD4(0.8, 0.7, 0.9, 1)
      },
    ])
}
