import Foundation
import NegativeSpaceText
import Testing

@Suite("CLIP tokenizer")
struct CLIPTokenizerTests {
  @Test("odd texts get transformers' ids, counts and cut text", arguments: ["tiny", "tiny-bang", "tiny-document"])
  func equalToTransformers(folder: String) throws {
    try compare(CLIPTokenizer(folder: TokenizerFixtures.folder(folder)), with: TokenizerFixtures.cases(folder))
  }

  @Test(
    "odd texts get transformers' ids with CLIP's own vocabulary",
    .enabled(if: TokenizerFixtures.clip != nil, "../shared/data/clip-tokenizer is not there"))
  func equalWithRealVocabulary() throws {
    let folder = try #require(TokenizerFixtures.clip)
    let tokenizer = try CLIPTokenizer(folder: folder)
    #expect(tokenizer.vocabularyCount == 49408)
    #expect(tokenizer.padding == 0)
    try compare(tokenizer, with: TokenizerFixtures.cases("clip"))
  }

  private func compare(_ tokenizer: CLIPTokenizer, with cases: [TokenizerCase]) throws {
    #expect(cases.count > 50)
    for expected in cases {
      let found = tokenizer.encode(expected.text)
      #expect(found.ids == expected.ids, "\(expected.text.debugDescription)")
      #expect(found.ids.count == 77)
      #expect(found.tokenCount + found.cutCount == expected.count)
      #expect(found.cutCount == expected.cut)
      #expect(found.cutText == expected.cutText)
    }
  }

  @Test("a word of a million letters takes no more than seconds")
  func longWord() throws {
    let tokenizer = try CLIPTokenizer(folder: TokenizerFixtures.folder("tiny"))
    let text = String(repeating: "redapplegrowing", count: 70_000)
    let start = ContinuousClock.now
    #expect(tokenizer.encode(text).cutCount > 100_000)
    #expect(ContinuousClock.now - start < .seconds(20))
  }
}
