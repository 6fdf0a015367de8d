/// How a writer chooses tokens, in transformers' terms.
public struct TextGenerationSettings: Sendable, Hashable {
  /// The way to look for a text.
  public enum Strategy: Sendable, Hashable {
    /// The likeliest token each time.
    case greedy
    /// The likeliest of several texts that are followed at once.
    case beams(Int)
    /// Beams in groups, each of which avoids what the groups before it chose at the same place (arXiv:1610.02424).
    case diverseBeams(Int, groups: Int, penalty: Float)
    /// Drawn tokens: from the `topK` likeliest (0: all) and of these from the likeliest that have `topP` together, at a
    /// temperature.
    case sampling(temperature: Float = 1, topK: Int = 50, topP: Float = 1)
  }

  /// The way to look for a text.
  public var strategy = Strategy.greedy
  /// Divides the logits of tokens that were written already, where they are positive, and multiplies the others; 1 does
  /// nothing.
  public var repetitionPenalty: Float = 1
  /// Length of the sequences that may not occur twice; 0 allows all.
  public var noRepeatNGram = 0
  /// Tokens at least, the end counted: transformers' `min_new_tokens`.
  public var minTokens = 0
  /// Tokens at most, the end counted: transformers' `max_new_tokens`.
  public var maxTokens = 96
  /// Beams are compared by log p / length^penalty.
  public var lengthPenalty: Float = 1
  /// Whether beams end as soon as as many texts as beams are finished, rather than when none can become better.
  public var stopsEarly = false
  /// Seed of drawn tokens.
  public var seed: UInt64 = 0

  /// The likeliest token each time, without rules.
  public init() {}

  /// What a writer of negatives uses unless told otherwise: four beams and rules against loops, in which models of this
  /// kind end without them.
  public static let negatives: TextGenerationSettings = {
    var settings = TextGenerationSettings()
    settings.strategy = .beams(4)
    (settings.repetitionPenalty, settings.noRepeatNGram) = (1.2, 3)
    return settings
  }()

  /// Refuses what cannot be followed.
  ///
  /// - Throws: `WriterError.setting`.
  public func validate() throws {
    func require(_ isMet: Bool, _ name: String, _ found: Any, _ expected: String) throws {
      guard isMet else { throw WriterError.setting(name, found: "\(found)", expected: expected) }
    }
    try require(repetitionPenalty > 0 && repetitionPenalty.isFinite, "repetitionPenalty", repetitionPenalty, "above 0")
    try require((0...1024).contains(noRepeatNGram), "noRepeatNGram", noRepeatNGram, "0 to 1024")
    try require((1...4096).contains(maxTokens), "maxTokens", maxTokens, "1 to 4096")
    try require((0...maxTokens).contains(minTokens), "minTokens", minTokens, "0 to \(maxTokens), the tokens at most")
    try require(lengthPenalty.isFinite, "lengthPenalty", lengthPenalty, "a number")
    switch strategy {
    case .greedy: break
    case .beams(let count): try require((1...256).contains(count), "beams", count, "1 to 256")
    case .diverseBeams(let count, let groups, let penalty):
      try require((2...256).contains(count), "beams", count, "2 to 256")
      try require(groups >= 2 && count % max(1, groups) == 0, "groups", groups, "2 or more that divide \(count) beams")
      try require(penalty > 0 && penalty.isFinite, "penalty", penalty, "above 0")
    case .sampling(let temperature, let topK, let topP):
      try require(temperature > 0 && temperature.isFinite, "temperature", temperature, "above 0")
      try require(topK >= 0, "topK", topK, "0 for all tokens, or more")
      try require(topP > 0 && topP <= 1, "topP", topP, "above 0 and at most 1")
    }
  }
}
