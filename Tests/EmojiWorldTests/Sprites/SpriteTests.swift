import Foundation
import NegativeSpaceEmojiWorld
import Testing

@Suite("Sprites")
struct SpriteTests {
  private struct Reference: Decodable {
    let width: Int
    let height: Int
    let pixels: [Float]
  }

  /// Fixtures/make_sprite.py; another version of the font draws another apple.
  @Test(
    "The apple is the one that Pillow reads from the font and resizes",
    .enabled(if: Installed.font, "fonts-noto-color-emoji is not installed"))
  func apple() throws {
    let reference: Reference = try fixture("sprite")
    let sheet = try SpriteSheet(concepts: [Concept("\u{1F34E}", "red apple")])
    let level = try #require(sheet.sprites[0].levels.first { $0.side == 64 })
    let actual = level.pixels.flatMap { [Float($0.x), Float($0.y), Float($0.z), Float($0.w)] }
    #expect(actual.count == reference.pixels.count)
    let longer = Float(max(reference.width, reference.height))
    #expect(abs(sheet.sprites[0].extent.x - Float(reference.width) / longer) < 1e-6)
    let worst = zip(actual, reference.pixels).map { abs($0 - $1) }.max() ?? 255
    #expect(worst <= 2, "differs by \(worst) of 255")
  }

  @Test("A missing font is named together with its Debian package")
  func missingFont() {
    #expect(throws: EmojiWorldError.fontMissing(path: "/nowhere/Noto.ttf")) {
      try SpriteSheet(font: "/nowhere/Noto.ttf")
    }
    let text = "\(EmojiWorldError.fontMissing(path: "/nowhere/Noto.ttf"))"
    #expect(text.contains("/nowhere/Noto.ttf") && text.contains("fonts-noto-color-emoji"))
  }

  @Test("A file that is no font, and one that is cut short, are refused")
  func brokenFont() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "emoji-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var contents = [Data(), Data("not a font".utf8), Data([0, 1, 0, 0] + [UInt8](repeating: 255, count: 400))]
    if Installed.font, let font = FileManager.default.contents(atPath: SpriteSheet.defaultFontPath) {
      contents.append(font.prefix(100_000))
    }
    for (index, content) in contents.enumerated() {
      let path = folder.appending(path: "\(index).ttf").path
      try content.write(to: URL(filePath: path))
      #expect(throws: EmojiWorldError.self) { try SpriteSheet(font: path) }
    }
  }

  @Test("What the font does not have is named", .enabled(if: Installed.font, "fonts-noto-color-emoji is not installed"))
  func missingGlyph() {
    let path = SpriteSheet.defaultFontPath
    #expect(throws: EmojiWorldError.glyphMissing(name: "letter", scalar: "\u{5D0}", path: path)) {
      try SpriteSheet(concepts: [Concept("\u{5D0}", "letter")])
    }
  }

  @Test("A sprite in the background's colour has no contrast to it, one in another has full contrast")
  func contrast() {
    let white = Sprite { _ in SIMD4(1, 1, 1, 1) }
    #expect(white.contrast(to: SIMD3(1, 1, 1)) == 0)
    #expect(white.contrast(to: SIMD3(0, 0, 1)) == 1)
  }
}
