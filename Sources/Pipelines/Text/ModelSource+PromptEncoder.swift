import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceText
import NegativeSpaceWeights

extension ModelSource {
  /// The model's text encoder with its tokenizer; no other part is needed for it.
  ///
  /// - Parameter options: with the tokenizer of a file that has none.
  /// - Throws: `TokenizerError`, `CheckpointError.noTokenizer`, `ModelFolderError`, `WeightMismatch`, errors in the files.
  func promptEncoder(_ options: ModelOptions) throws -> PromptEncoder {
    let part = try component("text_encoder")
    return try PromptEncoder(
      tokenizer: tokenizer(options), configuration: part.config().decode(),
      weights: part.weights(recipe: .textEncoder, checkFinite: true), of: path)
  }

  func tokenizer(_ options: ModelOptions) throws -> CLIPTokenizer {
    let folder = try options.tokenizer ?? tokenizerFolder()
    var tokenizer = try CLIPTokenizer(folder: URL(fileURLWithPath: folder))
    // A single file's tokenizer is anybody's; how its prompts were filled up is known from its text encoder.
    if let padding = tokenPadding { tokenizer.padding = padding }
    return tokenizer
  }
}
