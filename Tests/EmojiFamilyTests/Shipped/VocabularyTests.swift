import Foundation
import NegativeSpaceEmojiFamily
import NegativeSpaceEmojiWorld
import NegativeSpacePipelines
import Testing

struct VocabularyTests {
  private static let models = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Models").path

  @Test func `The vocabulary has each concept of the family once, and none twice under other names`() {
    let groups = FamilyVocabulary.vocabulary.groups
    let known = Set(Concept.all.prefix(EmojiFamily.conceptCount).map(\.name))
    let names = groups.flatMap(\.terms).map(\.name)
    #expect(Set(names).count == names.count)
    #expect(Set(names).isSuperset(of: known))
    let instead = groups.flatMap(\.terms).flatMap(\.instead)
    #expect(Set(instead).count == instead.count)
    #expect(Set(instead).isDisjoint(with: known))
  }

  @Test(arguments: ["emoji-image", "emoji-video", "emoji-lvdm"])
  func `What ships is what the exporter writes`(_ name: String) throws {
    let shipped = try #require(try ModelVocabulary(folder: "\(Self.models)/\(name)"))
    #expect(shipped == FamilyVocabulary.vocabulary)
  }

  @Test func `No caption of the family is complained about`() throws {
    let model = try DiffusionModel(path: "\(Self.models)/emoji-image", dtype: .float32)
    let captions = CaptionVocabulary.captions(count: 300, seed: 3, conceptCount: EmojiFamily.conceptCount)
    for caption in captions {
      #expect(try model.promptStates(GenerationRequest(prompt: caption)).warnings.isEmpty, "\(caption)")
    }
  }
}
