/// A prompt as the text encoder wants it: a fixed number of ids, and what did not fit.
package struct TokenizedText: Sendable, Hashable {
  /// Beginning, tokens, end, padding: as many as the encoder has positions (77 for CLIP).
  package let ids: [Int]
  /// Number of tokens of the prompt in `ids`, without beginning, end and padding.
  package let tokenCount: Int
  /// Number of tokens that did not fit.
  package let cutCount: Int
  /// The text of the tokens that did not fit, as the vocabulary spells it (lower case); empty when all fitted.
  package let cutText: String
}
