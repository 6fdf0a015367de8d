/// One score of one model, arm by arm, against the baseline.
public struct ScoreTable: Sendable, Encodable {
  /// The score.
  public let score: ScoreName
  /// The arms, in order.
  public let rows: [Row]

  /// One arm.
  public struct Row: Sendable, Encodable {
    /// Its name.
    public let arm: String
    /// Pictures or clips that have the score.
    public let count: Int
    /// Nil if none has.
    public let mean: Estimate?
    /// Gain over the baseline, pair by pair on the same noise; nil of the baseline itself.
    public let difference: Estimate?
    /// Share of pairs that are better than the baseline's, ties as half; nil where neither way is better.
    public let winRate: Estimate?
    /// Pairs better, equal and worse.
    public let pairs: Pairs?
    /// For each prompt the mean difference over its seeds; nil where it has none.
    public let byPrompt: [Double?]
    /// All values, in the order of prompts and seeds.
    public let values: [Double]

    private enum CodingKeys: String, CodingKey {
      case arm, count, mean, difference
      case winRate = "win_rate"
      case pairs
    }
  }

  /// Numbers of pairs by their outcome.
  public struct Pairs: Sendable, Hashable, Encodable {
    /// Pairs whose arm is better.
    public var better = 0
    /// Pairs that are alike.
    public var equal = 0
    /// Pairs whose baseline is better.
    public var worse = 0

    package init(_ wins: [Double]) {
      better = wins.count { $0 == 1 }
      equal = wins.count { $0 == 0.5 }
      worse = wins.count { $0 == 0 }
    }
  }

  /// - Parameters:
  ///   - arms: their names.
  ///   - values: of each arm, for each prompt, for each seed; nil where a prompt does not ask for the score.
  package init(_ score: ScoreName, arms: [String], baseline: Int, values: [[[Double?]]]) {
    self.score = score
    rows = arms.enumerated().map { arm, name in
      let own = values[arm].map { $0.compactMap(\.self) }
      let pairs = zip(values[arm], values[baseline]).map { seeds, base in
        zip(seeds, base).compactMap { value, base in value.flatMap { value in base.map { (value, $0) } } }
      }
      let differences = pairs.map { $0.map { $0.0 - $0.1 } }
      let wins = pairs.map { $0.compactMap { score.win($0.0, over: $0.1) } }
      let isBaseline = arm == baseline
      return Row(
        arm: name, count: own.joined().count, mean: Bootstrap.mean(own),
        difference: isBaseline ? nil : Bootstrap.mean(differences), winRate: isBaseline ? nil : Self.winRate(wins),
        pairs: isBaseline || score.better == .neither ? nil : Pairs(wins.flatMap(\.self)),
        byPrompt: differences.map { $0.isEmpty ? nil : $0.reduce(0, +) / Double($0.count) }, values: own.flatMap(\.self)
      )
    }
  }

  /// The mean over prompts, with Wilson's interval for as many observations as there are prompts.
  ///
  /// Seeds of one prompt are not independent. A prompt's share of wins varies at most as much as a single win does, so
  /// that the interval is rather too wide than too narrow; unlike a bootstrap's it does not vanish where all pairs end
  /// alike.
  private static func winRate(_ wins: [[Double]]) -> Estimate? {
    let shares = wins.filter { !$0.isEmpty }.map { $0.reduce(0, +) / Double($0.count) }
    guard !shares.isEmpty else { return nil }
    return .share(shares.reduce(0, +) / Double(shares.count), of: shares.count)
  }
}
