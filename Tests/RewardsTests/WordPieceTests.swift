import Foundation
import NegativeSpaceTestSupport
import NegativeSpaceText
import Testing

/// BERT's tokenizer against transformers' on odd texts.
///
/// Made with: python Tests/RewardsTests/Fixtures/make_files.py (transformers 5.23).
@Suite struct WordPieceTests {
  private struct Case: Decodable {
    let text: String
    let ids: [Int]
  }

  @Test func idsAreThoseOfTransformers() throws {
    let fixtures = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let tokenizer = try WordPieceTokenizer(vocabulary: fixtures.appending(path: "imagereward/vocab.txt"))
    let cases = try JSONDecoder().decode(
      [Case].self, from: Data(contentsOf: fixtures.appending(path: "wordpiece.json")))
    for one in cases {
      #expect(tokenizer.encode(one.text, length: 35) == one.ids, "\(one.text.prefix(30))")
    }
  }

  @Test func aVocabularyWithoutTheEndTokenIsRefused() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "vocab.txt")
    try Data("[UNK]\n[CLS]\n".utf8).write(to: file)
    #expect(throws: TokenizerError.missingToken(file: file.path, token: "[SEP]", role: "the last token")) {
      try WordPieceTokenizer(vocabulary: file)
    }
  }
}
