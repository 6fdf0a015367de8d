import Foundation
import NegativeSpaceText
import Testing

@Suite("Byte-pair trainer")
struct BytePairTrainerTests {
  /// The merges of `Fixtures/tiny`, which make_tokenizer.py learned with an implementation of its own.
  private func expectedMerges() throws -> [String] {
    let text = try String(contentsOf: TokenizerFixtures.folder("tiny/merges.txt"), encoding: .utf8)
    return text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#version") }
  }

  private func learned(_ captions: [String], entries: Int = 640) -> [String] {
    BytePairTrainer.vocabulary(of: captions, entries: entries).merges.map { "\($0.left) \($0.right)" }
  }

  @Test("learns the textbook's merges, in any order of the captions")
  func merges() throws {
    let captions = try TokenizerFixtures.captions()
    let expected = try expectedMerges()
    #expect(expected.count > 90)
    #expect(learned(captions) == expected)
    #expect(learned(captions.reversed()) == expected)
  }

  @Test("stops at the number of entries asked for")
  func limit() throws {
    let captions = try TokenizerFixtures.captions()
    #expect(BytePairTrainer.vocabulary(of: captions, entries: 560).tokens.count == 560)
    #expect(learned(captions, entries: 560) == Array(try expectedMerges().prefix(46)))
  }

  @Test("its folder gives the ids that transformers gets from the same vocabulary")
  func written() throws {
    let vocabulary = BytePairTrainer.vocabulary(of: try TokenizerFixtures.captions(), entries: 640)
    try TokenizerFixtures.inTemporaryFolder { folder in
      try vocabulary.write(to: folder.appending(path: "tokenizer"))
      let tokenizer = try CLIPTokenizer(folder: folder.appending(path: "tokenizer"))
      for expected in try TokenizerFixtures.cases("tiny") {
        #expect(tokenizer.encode(expected.text).ids == expected.ids, "\(expected.text.debugDescription)")
      }
    }
  }

  @Test("an unwritable folder is named")
  func unwritable() {
    let vocabulary = BytePairTrainer.vocabulary(of: [], entries: 514)
    #expect {
      try vocabulary.write(to: URL(filePath: "/proc/nowhere"))
    } throws: { error in
      guard case .unwritable(let file, _)? = error as? TokenizerError else { return false }
      return file == "/proc/nowhere"
    }
  }
}
