import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceText

/// Starting points of learned words: vectors of words that the encoder has.
enum WordStart {
  /// Deviation of the noise on the word to avoid, as in the authors' code.
  private static let deviation: Float = 1e-3

  /// N rows, row i the vector of token ⌊i · L / N⌋ of the L initial ones: (N, D).
  ///
  /// - Throws: `LearningError.setting` for more initial tokens than vectors, or none.
  static func vectors(_ words: String, count: Int, of text: TextConditioner) throws -> Tensor {
    let tokens = text.tokenizer.tokens(in: words)
    guard (1...count).contains(tokens.count) else {
      throw LearningError.setting(
        "initialWords", found: "\"\(words)\" of \(tokens.count) tokens",
        expected: "1 to \(count), since each of the \(count) vectors starts from one token")
    }
    let ids = (0..<count).map { tokens[$0 * tokens.count / count] }
    return withoutGradients { text.tower.embed([ids]).reshaped([count, -1]).cast(to: .float32) }
  }

  /// The same with a little noise, for the word to avoid.
  ///
  /// - Throws: as `vectors`.
  static func noisyVectors(_ words: String, count: Int, of text: TextConditioner, seed: UInt64) throws -> Tensor {
    let start = try vectors(words, count: count, of: text)
    var source = TorchRandom(seed: Int(seed & 0x7FFF_FFFF))
    return start + source.normal(start.shape) * deviation
  }
}
