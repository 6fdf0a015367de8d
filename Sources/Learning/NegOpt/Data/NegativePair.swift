/// A prompt and the negative prompt that somebody used with it.
public struct NegativePair: Sendable, Hashable {
  /// What is to be seen.
  public let prompt: String
  /// What is to be avoided.
  public let negative: String

  /// A pair of both.
  public init(prompt: String, negative: String) { (self.prompt, self.negative) = (prompt, negative) }

  /// The prompt without what makes no other prompt of it: case, and white space between words.
  var key: String {
    prompt.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

extension NegativePair {
  /// Whether the pair's prompt is in the held-out share; every pair of a prompt is on the same side, in every run.
  func isHeld(share: Float) -> Bool {
    // FNV-1a, of which the upper bits are mixed once more.
    let hash = key.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let mixed = (hash ^ hash >> 29) &* 0xBF58_476D_1CE4_E5B9
    return Float(mixed >> 40) < share * Float(1 << 24)
  }
}
