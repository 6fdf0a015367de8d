package import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles

/// A vocabulary that `BytePairTrainer` made, and the four files that `transformers.CLIPTokenizer` loads it from.
package struct TrainedVocabulary: Sendable, Hashable {
  package struct Merge: Sendable, Hashable {
    package let left: String
    package let right: String
  }

  /// Every token in the order of its number; the two special ones last.
  package let tokens: [String]
  /// In the order in which they apply.
  package let merges: [Merge]

  static let beginning = "<|startoftext|>"
  static let end = "<|endoftext|>"

  init(tokens: [String], merges: [Merge]) {
    self.tokens = tokens + [Self.beginning, Self.end]
    self.merges = merges
  }

  /// Writes `vocab.json`, `merges.txt`, `special_tokens_map.json` and `tokenizer_config.json` into `folder`, which is
  /// made if needed.
  ///
  /// Texts are padded with the end token, as in Stable Diffusion 1.x.
  /// - Throws: `TokenizerError.unwritable`.
  package func write(to folder: URL) throws {
    let entries = tokens.enumerated().map { "  \(JSONValue.string($1).text()): \($0)" }
    let lines = merges.map { "\($0.left) \($0.right)" }
    let special = { (content: String) in
      """
      {
          "content": "\(content)",
          "lstrip": false,
          "normalized": true,
          "rstrip": false,
          "single_word": false
        }
      """
    }
    let roles = """
        "bos_token": \(special(Self.beginning)),
        "eos_token": \(special(Self.end)),
        "pad_token": "\(Self.end)",
        "unk_token": \(special(Self.end))
      """
    let settings = """
        "do_lower_case": true,
        "errors": "replace",
        "model_max_length": \(CLIPTokenizer.contextLength),
        "tokenizer_class": "CLIPTokenizer",
      """
    let files = [
      "vocab.json": "{\n\(entries.joined(separator: ",\n"))\n}\n",
      "merges.txt": (["#version: 0.2"] + lines).joined(separator: "\n") + "\n",
      "special_tokens_map.json": "{\n\(roles)\n}\n",
      "tokenizer_config.json": "{\n\(settings)\n\(roles)\n}\n",
    ]
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, text) in files.sorted(by: { $0.key < $1.key }) {
        try OutputFile.write(text, to: folder.appending(path: name).path)
      }
    } catch {
      throw TokenizerError.unwritable(file: folder.path, reason: fileReason(error))
    }
  }
}
