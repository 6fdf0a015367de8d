import NegativeSpaceText
import Testing

struct LearnedWordTests {
  private func tokenizer() throws -> CLIPTokenizer { try CLIPTokenizer(folder: TokenizerFixtures.folder("tiny")) }

  @Test func `A learned word is found whole, glued to punctuation, in any case`() throws {
    let plain = try tokenizer()
    let learned = plain.adding([LearnedWord("Cat", ids: 1000..<1003), LearnedWord("<x>", ids: 1003..<1004)])
    let word = [1000, 1001, 1002]
    #expect(learned.tokens(in: "cat") == word)
    #expect(learned.tokens(in: "a (CAT), red") == plain.tokens(in: "a (") + word + plain.tokens(in: "), red"))
    #expect(learned.tokens(in: "cats concat cat2") == plain.tokens(in: "cats concat cat2"))
    #expect(learned.tokens(in: "red<x>apple") == plain.tokens(in: "red") + [1003] + plain.tokens(in: "apple"))
    #expect(learned.tokens(in: "cat<|endoftext|>") == word + [plain.end])
  }

  @Test func `The longest of several learned words is taken`() throws {
    let learned = try tokenizer().adding([
      LearnedWord("bad", ids: 1000..<1001), LearnedWord("bad-hand", ids: 1001..<1002),
      LearnedWord("bad-hand-5", ids: 1002..<1003),
    ])
    #expect(learned.tokens(in: "bad-hand-5 bad-hand bad") == [1002, 1001, 1000])
  }

  @Test func `A learned word that does not fit is kept together in the next chunk, or cut`() throws {
    let learned = try tokenizer().adding([LearnedWord("<x>", ids: 1000..<1010)])
    let prompt = String(repeating: "red ", count: 70) + "<x>"
    let chunks = learned.tokenize(prompt, PromptStyle(isChunked: true)).chunks
    #expect(chunks.count == 2)
    #expect(chunks[0].ids[71] == learned.end)
    #expect(Array(chunks[1].ids[1...10]) == Array(1000..<1010))
    let cut = learned.tokenize(prompt)
    #expect(cut.chunks.count == 1)
    #expect(Array(cut.chunks[0].ids[71...75]) == Array(1000..<1005))
    #expect(cut.tokenCount == 75)
    #expect(cut.cutCount == 5)
  }
}
