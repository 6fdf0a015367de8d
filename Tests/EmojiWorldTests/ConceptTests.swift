import NegativeSpaceEmojiWorld
import Testing

@Suite("Concepts")
struct ConceptTests {
  @Test("There are 120, with different names and code points")
  func count() {
    #expect(Concept.all.count == 120)
    #expect(Set(Concept.all.map(\.name)).count == 120)
    #expect(Set(Concept.all.map(\.scalar)).count == 120)
    #expect(Concept.named("red apple")?.scalar == "🍎")
  }

  /// A cookie and a basketball differ by 0.108, stop sign and no entry by 0.080: those were left out.
  @Test(
    "No two look alike: 32 × 32 renderings differ by more than 0.11 on average",
    .enabled(if: Installed.font, "fonts-noto-color-emoji is not installed"))
  func distinct() throws {
    let sheet = try SpriteSheet()
    let views = sheet.sprites.compactMap { sprite in sprite.levels.first { $0.side == 32 }?.pixels }
    #expect(views.count == 120)
    for first in views.indices {
      for second in 0..<first {
        var sum = 0
        for (a, b) in zip(views[first], views[second]) {
          sum += (0..<4).reduce(0) { $0 + abs(Int(a[$1]) - Int(b[$1])) }
        }
        let distance = Double(sum) / 255 / (32 * 32 * 4)
        #expect(distance > 0.11, "\(Concept.all[first].name), \(Concept.all[second].name): \(distance)")
      }
    }
  }
}
