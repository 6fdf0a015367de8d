import Foundation
import NegativeSpaceEmojiWorld
import Testing

@Suite("Emoji names")
struct EmojiNamesTests {
  @Test(
    "The concepts are called what the Unicode CLDR calls them",
    .enabled(if: Installed.names, "unicode-cldr-core is not installed"))
  func conceptNames() throws {
    let names = try EmojiNames()
    for concept in Concept.all {
      #expect(names.name(of: concept.scalar) == concept.name)
    }
  }

  @Test("Missing names are named together with their Debian package")
  func missing() {
    #expect(throws: EmojiWorldError.namesMissing(path: "/nowhere/en.xml")) { try EmojiNames(path: "/nowhere/en.xml") }
    #expect("\(EmojiWorldError.namesMissing(path: "/nowhere/en.xml"))".contains("unicode-cldr-core"))
  }

  @Test("Only names are read, not keywords, and a file without names is refused")
  func reading() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "names-\(UUID().uuidString).xml")
    defer { try? FileManager.default.removeItem(at: url) }
    let text = """
      <annotation cp="🍎">apple | fruit | red</annotation>
      <annotation cp="🍎" type="tts">Red Apple</annotation>
      <annotation cp="🍏" type="tts">green
      <annotation cp="🍌" type="tts"
      """
    try Data(text.utf8).write(to: url)
    let names = try EmojiNames(path: url.path)
    #expect(names.name(of: "🍎") == "red apple")
    #expect(names.name(of: "🍏") == nil)

    try Data("<ldml></ldml>".utf8).write(to: url)
    #expect(throws: EmojiWorldError.self) { try EmojiNames(path: url.path) }
    try Data([0xFF, 0xFE, 0x00]).write(to: url)
    #expect(throws: EmojiWorldError.self) { try EmojiNames(path: url.path) }
  }
}
