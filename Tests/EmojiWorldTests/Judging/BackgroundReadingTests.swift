import NegativeSpaceEmojiWorld
import NegativeSpaceTensors
import Testing

@Suite("Background reading")
struct BackgroundReadingTests {
  @Test("Every background is recognised behind any shape at any place", arguments: Background.all)
  func recognised(background: Background) {
    for (index, sprite) in SyntheticWorld.sheet.sprites.enumerated() {
      for position in ScenePosition.allCases {
        for size in SceneSize.allCases {
          let scene = Scene(
            concept: SyntheticWorld.sheet.concepts[index], background: background, size: size, position: position)
          let reading = BackgroundReading(of: scene.render(sprite)[0])
          #expect(reading.nearest == background, "\(reading.nearest.name) for \(index) \(position) \(size)")
        }
      }
    }
  }

  @Test("The ends of a gradient are measured, with noise, too")
  func ends() throws {
    let background = try #require(Background.all.first { $0.name == "blue to white gradient" })
    var random = SplitMix64(seed: 4)
    let canvas = Canvas(width: 128, height: 128, background: background).noisy(deviation: 0.05, using: &random)
    let reading = BackgroundReading(of: canvas)
    let top = reading.top - NamedColor.blue.value
    let bottom = reading.bottom - NamedColor.white.value
    #expect((top * top).sum() < 1e-3 && (bottom * bottom).sum() < 1e-3)
    // Three channels of deviation 0.05: 0.087, a little less where white clips.
    #expect((0.06...0.09).contains(reading.roughness))
  }
}
