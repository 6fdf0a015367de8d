/// Settings for learning to write negatives from examples (NegOpt's first stage, arXiv:2403.07605).
///
/// The paper's numbers are not known: these are ours.
public struct SFTSettings: Sendable, Hashable {
  /// Pairs a step.
  public var batch = 32
  /// Tokens of a prompt; what is longer is cut.
  public var promptTokens = 128
  /// Tokens of a negative; what is longer is cut.
  public var negativeTokens = 96
  /// Held-out pairs that are written for at a validation, to compare with what people wrote.
  public var writtenPairs = 64
  /// Held-out pairs of which the loss is computed.
  public var scoredPairs = 512
  /// Seed of the random numbers.
  public var seed: UInt64 = 0

  /// The numbers above.
  public init() {}

  /// Refuses what cannot be followed.
  ///
  /// - Throws: `LearningError.setting`.
  func validate() throws {
    try LearningError.requirePositive([
      ("batch", batch), ("promptTokens", promptTokens - 1), ("negativeTokens", negativeTokens - 1),
      ("writtenPairs", writtenPairs), ("scoredPairs", scoredPairs),
    ])
  }
}
