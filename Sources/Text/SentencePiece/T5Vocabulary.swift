package import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles

/// A vocabulary for a T5 of one's own: a unigram model (arXiv:1804.10959) that SentencePiece learned from texts.
package struct T5Vocabulary: Sendable {
  private let model: [UInt8]
  /// Number of pieces, `<pad>`, `</s>` and `<unk>` among them.
  package let count: Int

  /// Learns from `texts`.
  ///
  /// - Parameter pieces: how many are wanted; where the texts do not give so many, there are fewer.
  /// - Throws: `TokenizerError.notTrained`.
  package init(learning texts: [String], pieces: Int) throws {
    model = try SentencePieceModel.trained(on: texts, vocabulary: pieces)
    count = try SentencePieceContents(model, file: "the vocabulary learned").pieces.count
  }

  /// Writes `spiece.model` and `tokenizer_config.json` into `folder`, which is made if needed.
  ///
  /// There are no sentinels: nothing is masked in what such a model learns.
  /// - Throws: `TokenizerError.unwritable`.
  package func write(to folder: URL) throws {
    let settings = JSONValue.object([
      "tokenizer_class": .string("T5Tokenizer"), "extra_ids": .integer(0), "eos_token": .string("</s>"),
      "pad_token": .string("<pad>"), "unk_token": .string("<unk>"),
    ])
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try OutputFile.write(model, to: folder.appending(path: "spiece.model").path)
      try OutputFile.write(
        settings.text(indent: 2) + "\n", to: folder.appending(path: "tokenizer_config.json").path)
    } catch {
      throw TokenizerError.unwritable(file: folder.path, reason: "\(error)")
    }
  }
}
