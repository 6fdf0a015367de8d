import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles
package import NegativeSpaceNetworks
package import NegativeSpaceTensors
import NegativeSpaceWeights

extension T5Folder {
  /// The files that a tokenizer may consist of.
  private static let tokenizerFiles = [
    "spiece.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
  ]

  /// Writes a folder that this program and transformers read.
  ///
  /// - Parameters:
  ///   - weights: by transformers' names.
  ///   - tokenizer: the folder that the tokenizer's files are copied from.
  /// - Throws: `FileError`, `TensorFileError`, `WriterError.unwritable`.
  package static func write(
    _ weights: [String: Tensor], _ configuration: T5Configuration, tokenizer: String, to folder: String
  ) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw WriterError.unwritable(folder: folder, reason: fileReason(error))
    }
    for name in tokenizerFiles where fileKind("\(tokenizer)/\(name)") == .file {
      try OutputFile.write(try Data(contentsOf: URL(fileURLWithPath: "\(tokenizer)/\(name)")), to: "\(folder)/\(name)")
    }
    try TensorFile(weights, metadata: ["format": "pt"]).write(to: "\(folder)/model.safetensors")
    let fields = JSONValue.object(configuration.fields)
    try OutputFile.write(fields.text(indent: 2) + "\n", to: "\(folder)/config.json")
    let generation = JSONValue.object([
      "decoder_start_token_id": .integer(configuration.decoderStartTokenID),
      "eos_token_id": .integer(configuration.eosTokenID), "pad_token_id": .integer(configuration.padTokenID),
    ])
    try OutputFile.write(generation.text(indent: 2) + "\n", to: "\(folder)/generation_config.json")
  }
}
