import NegativeSpaceEmojiWorld
import Testing

struct HidingBackgroundTests {
  @Test(.enabled(if: Installed.font))
  func `Prompts without the font are those with it, and what hides a concept is what its picture says`() throws {
    let sheet = try SpriteSheet()
    var found: [String: Set<String>] = [:]
    for (concept, sprite) in zip(sheet.concepts, sheet.sprites) {
      let hiding = Background.all.filter { !sprite.isSeen(on: $0) }.map(\.name)
      if !hiding.isEmpty { found[concept.name] = Set(hiding) }
    }
    #expect(found == Concept.hidingBackgrounds)
    for medium in [SceneDirector.Medium.picture, .clip] {
      for split in [Split.train, .test] {
        let drawn = try Dataset(sheet, split: split, seed: 9).prompts(medium, count: 300).map(\.text)
        let named = SceneDirector(conceptCount: 100, split: split).prompts(medium, count: 300, seed: 9).map(\.text)
        #expect(drawn == named)
      }
    }
  }
}
