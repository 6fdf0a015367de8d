import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceText
import Testing

@Suite("Tokenizer files")
struct TokenizerReadingTests {
  /// The error of opening `Fixtures/tiny` with some files replaced or removed.
  private func failure(_ files: [String: String] = [:], without removed: String? = nil) throws -> (any Error)? {
    try TokenizerFixtures.inTemporaryFolder { folder in
      let copy = folder.appending(path: "tokenizer")
      try FileManager.default.copyItem(at: TokenizerFixtures.folder("tiny"), to: copy)
      for (name, text) in files { try Data(text.utf8).write(to: copy.appending(path: name)) }
      if let removed { try FileManager.default.removeItem(at: copy.appending(path: removed)) }
      do {
        _ = try CLIPTokenizer(folder: copy)
        return nil
      } catch {
        #expect(error is TokenizerError || error is ConfigurationError)
        #expect("\(error)".contains("tokenizer/"), "names the file: \(error)")
        return error
      }
    }
  }

  private let small = #"{"a": 0, "b": 1, "a</w>": 2, "b</w>": 3, "ab": 4, "<|startoftext|>": 5, "<|endoftext|>": 6}"#

  @Test("a folder without vocabulary or merges is refused")
  func missingFiles() throws {
    guard case TokenizerError.unreadable(let file, _)? = try failure(without: "vocab.json") else { throw Unexpected() }
    #expect(file.hasSuffix("vocab.json"))
    guard case TokenizerError.unreadable(let file, _)? = try failure(without: "merges.txt") else { throw Unexpected() }
    #expect(file.hasSuffix("merges.txt"))
  }

  @Test(
    "JSON that is none is refused with its place",
    arguments: ["", "{", #"{"a": 1"#, "\u{0}\u{1}\u{2}", String(repeating: "[", count: 100_000)])
  func invalidJSON(text: String) throws {
    guard case ConfigurationError.invalidJSON(let file, _, _)? = try failure(["vocab.json": text])
    else { throw Unexpected() }
    #expect(file.hasSuffix("vocab.json"))
  }

  @Test("JSON that is no object is refused", arguments: ["[]", "null"])
  func noObject(text: String) throws {
    guard case ConfigurationError.refused(let file, _)? = try failure(["vocab.json": text]) else { throw Unexpected() }
    #expect(file.hasSuffix("vocab.json"))
  }

  @Test(
    "numbers that are none are refused with their token",
    arguments: [#"{"a": "b"}"#, #"{"a": 1.5}"#, #"{"a": 99999999999999999999999}"#, #"{"a": {}}"#, #"{"a": null}"#])
  func invalidVocabulary(text: String) throws {
    guard
      case ConfigurationError.wrongValue(let file?, _, "a", _, "a whole number")? = try failure(["vocab.json": text])
    else { throw Unexpected() }
    #expect(file.hasSuffix("vocab.json"))
  }

  @Test(
    "a special token of a wrong form is refused",
    arguments: ["3", "[]", "{}", #"{"content": 3}"#, #"{"content": "a", "normalized": 1}"#])
  func invalidSpecial(token: String) throws {
    guard
      case ConfigurationError.wrongValue(let file?, "the tokenizer"?, "pad_token", _, _)? = try failure([
        "special_tokens_map.json": #"{"pad_token": \#(token)}"#
      ])
    else { throw Unexpected() }
    #expect(file.hasSuffix("special_tokens_map.json"))
  }

  @Test("impossible and repeated numbers are refused")
  func numbers() throws {
    guard case TokenizerError.impossibleID(_, "a", -1)? = try failure(["vocab.json": #"{"a": -1}"#]) else {
      throw Unexpected()
    }
    guard case TokenizerError.impossibleID(_, "a", 1 << 32)? = try failure(["vocab.json": #"{"a": 4294967296}"#])
    else { throw Unexpected() }
    guard case TokenizerError.duplicateID(_, 3, ["a", "b"])? = try failure(["vocab.json": #"{"a": 3, "b": 3}"#])
    else { throw Unexpected() }
  }

  @Test("a vocabulary without the special tokens is refused, and says which it lacks")
  func missingSpecial() throws {
    guard
      case TokenizerError.missingToken(_, "<|startoftext|>", _)? = try failure([
        "vocab.json": #"{"a": 0}"#, "merges.txt": "",
      ])
    else { throw Unexpected() }
    let padding = ["special_tokens_map.json": #"{"pad_token": "[PAD]"}"#]
    guard case TokenizerError.missingToken(_, "[PAD]", "padding")? = try failure(padding) else { throw Unexpected() }
  }

  @Test("merges that are none are refused with their line", arguments: ["a", "a b a", " ", "a  b", "a b\n\na b"])
  func malformedMerges(text: String) throws {
    let files = ["vocab.json": small, "merges.txt": "#version: 0.2\n" + text]
    guard case TokenizerError.malformedMerge(_, let line, _)? = try failure(files) else { throw Unexpected() }
    #expect(line == (text.hasPrefix("a b\n") ? 3 : 2))
  }

  @Test("merges whose parts or result the vocabulary lacks are refused")
  func unknownMerges() throws {
    guard
      case TokenizerError.mergeWithoutToken(_, 2, "b a", "ba")? = try failure([
        "vocab.json": small, "merges.txt": "a b\nb a\n",
      ])
    else { throw Unexpected() }
    guard
      case TokenizerError.mergeWithoutToken(_, 1, "c a", "c")? = try failure([
        "vocab.json": small, "merges.txt": "c a\n",
      ])
    else { throw Unexpected() }
  }

  @Test("files of Windows, and bytes that the vocabulary lacks, are read as transformers does")
  func lenient() throws {
    try TokenizerFixtures.inTemporaryFolder { folder in
      try Data(small.utf8).write(to: folder.appending(path: "vocab.json"))
      try Data("#version: 0.2\r\na b\r\n".utf8).write(to: folder.appending(path: "merges.txt"))
      let tokenizer = try CLIPTokenizer(folder: folder)
      // CLIPTokenizer.from_pretrained(folder)("aba cab") of transformers 5.23.
      #expect(tokenizer.tokens(in: "aba cab") == [4, 2, 6, 0, 3])
    }
  }

  @Test("damaged files give an error or a tokenizer, never a crash")
  func damaged() throws {
    let names = ["vocab.json", "merges.txt", "special_tokens_map.json", "tokenizer_config.json"]
    var generator = SystemRandomNumberGenerator()
    for name in names {
      let whole = try Data(contentsOf: TokenizerFixtures.folder("tiny").appending(path: name))
      var variants = (0..<16).map { Data(whole.prefix(whole.count * $0 / 16)) }
      for _ in 0..<60 {
        var flipped = whole
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          flipped[Int.random(in: 0..<flipped.count, using: &generator)] ^= 1 << Int.random(in: 0..<8, using: &generator)
        }
        variants.append(flipped)
      }
      try TokenizerFixtures.inTemporaryFolder { folder in
        let copy = folder.appending(path: "tokenizer")
        try FileManager.default.copyItem(at: TokenizerFixtures.folder("tiny"), to: copy)
        for data in variants {
          try data.write(to: copy.appending(path: name))
          if let tokenizer = try? CLIPTokenizer(folder: copy) {
            #expect(tokenizer.encode("a red apple").ids.count == 77)
          }
        }
      }
    }
  }
}

/// Another outcome than the test asks for.
private struct Unexpected: Error {}
