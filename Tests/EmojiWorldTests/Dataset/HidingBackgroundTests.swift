import NegativeSpaceEmojiWorld
import Testing

struct HidingBackgroundTests {
  @Test(.enabled(if: Installed.font))
  func `The backgrounds that hide a concept are those that its picture says`() throws {
    let sheet = try SpriteSheet()
    var found: [String: Set<String>] = [:]
    for (concept, sprite) in zip(sheet.concepts, sheet.sprites) {
      let hiding = Background.all.filter { !sprite.isSeen(on: $0) }.map(\.name)
      if !hiding.isEmpty { found[concept.name] = Set(hiding) }
    }
    #expect(found == Concept.hidingBackgrounds)
  }

  @Test(.enabled(if: Installed.font), arguments: [SceneDirector.Medium.picture, .clip])
  func `Prompts are the same without the font`(_ medium: SceneDirector.Medium) throws {
    for split in [Split.train, .test] {
      let drawn = try Dataset(SpriteSheet(), split: split, seed: 9).prompts(medium, count: 300).map(\.text)
      #expect(
        drawn == SceneDirector(conceptCount: 100, split: split).prompts(medium, count: 300, seed: 9).map(\.text))
    }
  }
}
