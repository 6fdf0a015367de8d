/// The pictures of all concepts, loaded once and then only read, from any thread.
package struct SpriteSheet: Sendable {
  /// Path at which Debian's `fonts-noto-color-emoji` puts the font.
  package static let defaultFontPath = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"

  package let concepts: [Concept]
  /// One for each concept, in the same order.
  package let sprites: [Sprite]

  /// Sprites from somewhere else than a font.
  package init(concepts: [Concept], sprites: [Sprite]) {
    precondition(concepts.count == sprites.count, "\(concepts.count) concepts, \(sprites.count) sprites")
    self.concepts = concepts
    self.sprites = sprites
  }

  /// Renders the concepts' emoji from a colour bitmap font.
  package init(
    font path: String = SpriteSheet.defaultFontPath, concepts: [Concept] = Concept.all
  ) throws(EmojiWorldError) {
    let face = try FreeTypeFace(path: path)
    var sprites: [Sprite] = []
    for concept in concepts {
      guard let bitmap = face.bitmap(of: concept.scalar), let sprite = Sprite(bitmap) else {
        throw .glyphMissing(name: concept.name, scalar: concept.scalar, path: path)
      }
      sprites.append(sprite)
    }
    self.init(concepts: concepts, sprites: sprites)
  }
}
