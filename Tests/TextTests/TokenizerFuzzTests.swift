import Foundation
import NegativeSpaceTestSupport
import NegativeSpaceText
import Testing

/// The tokenizer's reader on files that were damaged at random.
@Suite struct TokenizerFuzzTests {
  @Test(arguments: ["vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"])
  func damagedFiles(name: String) throws {
    let source = TokenizerFixtures.folder("tiny")
    guard FileManager.default.fileExists(atPath: source.appending(path: name).path) else { return }
    var fuzzing = try Fuzzing(
      name, corpus: [try Data(contentsOf: source.appending(path: name))],
      words: ["</w>", "-1", "4294967296", "null", "{", "\"", "\n", " ", "\\ud800", "<|endoftext|>", "#version"])
    try fuzzing.run(file: name) { folder in
      for other in try FileManager.default.contentsOfDirectory(at: source, includingPropertiesForKeys: nil)
      where other.lastPathComponent != name {
        let target = folder.url.appending(path: other.lastPathComponent)
        if !FileManager.default.fileExists(atPath: target.path) {
          try FileManager.default.copyItem(at: other, to: target)
        }
      }
      _ = try CLIPTokenizer(folder: folder.url).encode("a tiny text, wíth ödd things 🍎", length: 77)
    }
  }
}
