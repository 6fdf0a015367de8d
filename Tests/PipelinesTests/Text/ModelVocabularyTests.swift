import Foundation
import Testing

@testable import NegativeSpacePipelines

struct ModelVocabularyTests {
  private static let vocabulary = ModelVocabulary(
    groups: [
      .init(
        "things",
        [
          .init("red apple", instead: ["apple"]), .init("cat face", instead: ["cat"]), .init("panda"),
          .init("musical keyboard", instead: ["piano"]), .init("grapes", also: ["bunch of grapes"]),
        ]),
      .init("sizes", [.init("small", also: ["tiny"])]),
    ], words: ["a", "of", "on", "blurry", "jpeg artifacts"])

  private static func said(_ prompts: String..., learned: [String] = []) -> [String] {
    VocabularyReading(vocabulary).warnings(prompts, learned: learned).map {
      $0.replacing(" negspace concepts lists those that are.", with: "")
    }
  }

  @Test func `Known words, in any number, with commas, weights and capitals, are no matter`() {
    for prompt in [
      "A Tiny red apple, blurry", "a (red apple:1.3) on red apples", "", "bunch of grapes", "BLURRY jpeg artifacts",
    ] {
      #expect(Self.said(prompt).isEmpty, "\(prompt)")
    }
    #expect(Self.said("a <sour> red apple", learned: ["<sour>"]).isEmpty)
    #expect(Self.said("a red apple <lora:whatever:0.5>").isEmpty)
  }

  @Test func `An unknown word is answered with what is meant, or what is spelled like it`() {
    #expect(Self.said("a piano") == ["\"piano\" is not a word this model knows; closest: \"musical keyboard\"."])
    #expect(Self.said("cats") == ["\"cats\" is not a word this model knows; closest: \"cat face\"."])
    #expect(Self.said("a pandda") == ["\"pandda\" is not a word this model knows; closest: \"panda\"."])
    #expect(Self.said("a skyscraper") == ["\"skyscraper\" is not a word this model knows, nor is one like it."])
    // Once, however often it stands there.
    #expect(Self.said("a piano, piano", "piano").count == 1)
    #expect(Self.said("qa qb qc qd qe qf qg qh").count == 6)
  }

  @Test func `A folder without one has none, and a file that is none is refused`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vocabulary-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(try ModelVocabulary(folder: folder) == nil)
    let file = URL(fileURLWithPath: folder + "/vocabulary.json")
    try Data(Self.vocabulary.json().utf8).write(to: file)
    #expect(try ModelVocabulary(folder: folder) == Self.vocabulary)
    for text in ["", "[]", "{\"groups\": 3}", "{\"groups\": [{}]}"] {
      try Data(text.utf8).write(to: file)
      #expect(throws: (any Error).self) { try ModelVocabulary(folder: folder) }
    }
  }
}
