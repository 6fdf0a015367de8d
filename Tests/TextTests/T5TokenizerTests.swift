import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceTestSupport
import NegativeSpaceText
import Testing

/// Made with: python Tests/TextTests/Fixtures/make_t5_tokenizer.py (transformers 5.24, sentencepiece 0.2.3).
@Suite struct T5TokenizerTests {
  struct Document: Decodable {
    struct Case: Decodable {
      let text: String
      let ids: [Int]
      let decoded: String
    }

    let count: Int
    let cases: [Case]
  }

  /// Texts that SentencePiece itself normalises otherwise than transformers 5: U+0085, and marks that no letter takes.
  static let own: Set<String> = [
    "\u{212B}ngstr\u{F6}m \u{1E9B}\u{323}",
    "x\u{3000}y\u{00A0}z\u{200B}w\u{2028}v\u{0085}u\u{180E}t\u{FEFF}", "a\u{300}\u{301}\u{302}\u{303}\u{304}b",
  ]

  static func document() throws -> Document {
    try JSONDecoder().decode(Document.self, from: Data(contentsOf: TokenizerFixtures.folder("t5.expected.json")))
  }

  @Test(arguments: ["t5", "t5-document"])
  func `Odd texts give transformers' ids, but where it normalises otherwise`(folder: String) throws {
    let tokenizer = try T5Tokenizer(folder: TokenizerFixtures.folder(folder))
    let document = try Self.document()
    #expect(tokenizer.vocabularyCount == document.count)
    for test in document.cases where !Self.own.contains(test.text) {
      #expect(tokenizer.tokens(in: test.text) + [tokenizer.end] == test.ids, "\(test.text)")
    }
  }

  @Test func `Ids become the text that transformers makes of them`() throws {
    let tokenizer = try T5Tokenizer(folder: TokenizerFixtures.folder("t5"))
    // An unknown piece is shown in neither; how is the tokenizer's affair.
    for test in try Self.document().cases where !test.ids.contains(tokenizer.unknown) {
      #expect(tokenizer.decode(test.ids) == test.decoded, "\(test.text)")
    }
  }

  @Test func `What does not fit is cut before the end and said`() throws {
    let tokenizer = try T5Tokenizer(folder: TokenizerFixtures.folder("t5"))
    let all = tokenizer.tokens(in: "a red apple spinning on a yellow background")
    let short = tokenizer.encode("a red apple spinning on a yellow background", limit: 5)
    #expect(short.ids == all.prefix(4) + [tokenizer.end])
    #expect(short.cutCount == all.count - 4)
    #expect("a red apple spinning on a yellow background".hasSuffix(short.cutText.trimmingCharacters(in: .whitespaces)))
    let filled = tokenizer.encode("a", length: 6)
    #expect(filled.ids == tokenizer.tokens(in: "a") + [tokenizer.end, 0, 0, 0, 0])
  }

  @Test func `A vocabulary that is learned spells what it learned from`() throws {
    let texts = try TokenizerFixtures.captions()
    let vocabulary = try T5Vocabulary(learning: texts, pieces: 120)
    try TokenizerFixtures.inTemporaryFolder { folder in
      try vocabulary.write(to: folder)
      let tokenizer = try T5Tokenizer(folder: folder)
      #expect(tokenizer.vocabularyCount == vocabulary.count)
      #expect((60...120).contains(vocabulary.count))
      #expect((tokenizer.padding, tokenizer.end, tokenizer.unknown) == (0, 1, 2))
      for text in texts { #expect(tokenizer.decode(tokenizer.tokens(in: text)) == text) }
    }
    #expect(throws: TokenizerError.self) { try T5Vocabulary(learning: [], pieces: 100) }
  }

  @Test func `A folder without pieces is refused by name`() throws {
    try TokenizerFixtures.inTemporaryFolder { folder in
      #expect(throws: TokenizerError.noPieces(folder: folder.path)) { try T5Tokenizer(folder: folder) }
      // CLIP's kind of tokenizer.json.
      try FileManager.default.copyItem(
        at: TokenizerFixtures.folder("tiny-document").appending(path: "tokenizer.json"),
        to: folder.appending(path: "tokenizer.json"))
      #expect(throws: ConfigurationError.self) { try T5Tokenizer(folder: folder) }
    }
  }

  @Test(arguments: ["spiece.model", "tokenizer.json"]) func `Damaged models are errors`(name: String) throws {
    let source = TokenizerFixtures.folder(name == "spiece.model" ? "t5" : "t5-document").appending(path: name)
    let good = try Data(contentsOf: source)
    var small = good
    // The pieces without the map of characters: damage then hits what is small.
    if name == "spiece.model", let map = good.range(of: Data("nmt_nfkc".utf8)) {
      small = good.prefix(map.lowerBound - 8)
    }
    var fuzzing = try Fuzzing(
      "T5's \(name)", corpus: [small, good], words: ["\u{2581}", "NaN", "-1e999", "null", "[", "\u{12}\u{01}\u{00}"])
    try fuzzing.run(file: name) { folder in
      let tokenizer = try T5Tokenizer(folder: folder.url)
      let ids = tokenizer.tokens(in: "a tiny text, wíth ödd things ﬁ 🍎 \u{3000}")
      _ = tokenizer.decode(ids)
    }
  }

  @Test func `A map of characters whose result lies outside of its texts is refused`() throws {
    var bytes = Array(try Data(contentsOf: TokenizerFixtures.folder("t5").appending(path: "spiece.model")))
    func word(_ place: Int) -> Int { (0..<4).reversed().reduce(0) { $0 << 8 | Int(bytes[place + $1]) } }
    let name = Array("nmt_nfkc".utf8)
    // Behind the name a tag, a length of three bytes, the size of the array, the array.
    let size = try #require(bytes.indices.first { bytes[$0...].starts(with: name) }.map { $0 + name.count + 4 })
    let units = size + 4
    // A unit that has no result: told to have one, it leads to another unit, whose number is no place in the texts.
    let changed = try #require(
      (1..<word(size) / 4).first { index in
        let unit = word(units + 4 * index)
        let next = index ^ ((unit >> 10) << ((unit & 1 << 9) >> 6))
        return unit >> 31 == 0 && unit & 1 << 8 == 0 && word(units + 4 * next) & 0x7FFF_FFFF > 1 << 24
      })
    bytes[units + 4 * changed + 1] |= 1
    try TokenizerFixtures.inTemporaryFolder { folder in
      try Data(bytes).write(to: folder.appending(path: "spiece.model"))
      #expect(throws: TokenizerError.self) { try T5Tokenizer(folder: folder) }
    }
  }

  @Test func `A map of characters that leads out of itself is refused`() throws {
    var bytes = Array(try Data(contentsOf: TokenizerFixtures.folder("t5").appending(path: "spiece.model")))
    // The first unit of the double array, behind its size: an offset beyond all units.
    let name = Array("nmt_nfkc".utf8)
    let start = try #require(
      bytes.indices.first { bytes[$0...].starts(with: name) }.map { $0 + name.count })
    // A tag, a length of three bytes, the size of the array.
    for place in 0..<4 { bytes[start + 4 + 4 + place] = [0x00, 0xFC, 0xFF, 0x7F][place] }
    try TokenizerFixtures.inTemporaryFolder { folder in
      try Data(bytes).write(to: folder.appending(path: "spiece.model"))
      #expect(throws: TokenizerError.self) { try T5Tokenizer(folder: folder) }
    }
  }
}
