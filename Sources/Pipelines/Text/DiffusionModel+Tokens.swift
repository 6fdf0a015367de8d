import NegativeSpaceNetworks
import NegativeSpaceText

extension DiffusionModel {
  /// Tokens of a prompt that the text encoder takes at once, 75 for CLIP's.
  public var promptTokenLimit: Int { files.text.maxPositionEmbeddings - 2 }

  /// Counts a text's tokens as this model's text encoder does.
  ///
  /// - Throws: errors in the tokenizer's files.
  public func tokenCounter() throws -> (String) -> Int {
    let tokenizer = try files.tokenizer()
    return { tokenizer.tokens(in: $0).count }
  }
}
