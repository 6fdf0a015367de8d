public import NegativeSpaceRewards

/// All that a picture or clip is scored by, told by its files.
///
///     let scorer = try Scorer(rewards: [RewardName(parsing: "clipscore=Models/emoji-clip")]).load()
///     print(try scorer.scores(contentsOf: "apple.png").values)
///
/// Clips are also measured without any network: `flicker` and `motion amount`, which have no unit and are 0 of frames
/// that are all alike, and `motion smoothness`, which is 1 then.
public struct Scorer: Sendable {
  package let sources: [ScoreSource]
  /// The rewards' names and weights, if there are several to be summed up.
  private let mix: [(name: String, weight: Double)]

  /// Rewards, one by one and, if there are several, their weighted sum as `reward mix`.
  ///
  /// - Parameter negative: agreement with what should be avoided beside them; nil for none.
  /// - Throws: `ModelError`, `RewardError`: errors in the files that show without loading them.
  public init(rewards: [RewardName], negative: NegativeAgreement? = nil) throws {
    try self.init(rewards: rewards, negative: negative, judge: nil)
  }

  /// - Parameter judge: nil for none.
  /// - Throws: `ModelError`, `RewardError`: errors in the files that show without loading them.
  package init(
    rewards: [RewardName], negative: NegativeAgreement? = nil, judge: (any FrameJudge)?
  ) throws {
    let named = try ScoreSource.rewards(rewards)
    let judged = try judge.map { [try ScoreSource.judge($0)] } ?? []
    sources = try judged + named + (negative.map { [try ScoreSource.negative($0)] } ?? [])
    mix =
      named.count < 2
      ? [] : zip(named, rewards).map { ($0.names(isClip: false)[0].text, Double($1.weight)) }
  }

  /// The sources for clips, or for pictures.
  package func sources(isClip: Bool) -> [ScoreSource] { sources + (isClip ? [.measures] : []) }

  /// The scores that there can be, in the order of tables.
  public func names(isClip: Bool) -> [ScoreName] {
    let single = sources(isClip: isClip).flatMap { $0.names(isClip: isClip) }
    return mix.isEmpty ? single : single + [.mix]
  }

  /// The same scores with the rewards' weighted sum.
  package func withMix(_ scores: [String: Double]) -> [String: Double] {
    let parts = mix.compactMap { part in scores[part.name].map { $0 * part.weight } }
    guard !mix.isEmpty, parts.count == mix.count else { return scores }
    return scores.merging([ScoreName.mix.text: parts.reduce(0, +)]) { $1 }
  }

  /// Reads the networks.
  ///
  /// - Throws: errors in the files.
  public func load() throws -> LoadedScorer {
    var functions: [String: ScoreSource.Function] = [:]
    for source in sources(isClip: true) { functions[source.identity] = try source.load() }
    return LoadedScorer(scorer: self, functions: functions)
  }
}

/// A scorer with its networks.
public struct LoadedScorer: Sendable {
  /// The scorer it was loaded from.
  public let scorer: Scorer
  /// A function of a picture or clip and its prompt for each source, by its identity.
  private let functions: [String: ScoreSource.Function]

  init(scorer: Scorer, functions: [String: ScoreSource.Function]) {
    (self.scorer, self.functions) = (scorer, functions)
  }

  /// The scores of one source.
  ///
  /// - Parameters:
  ///   - path: path of the footage, for messages.
  /// - Throws: `EvaluationError`.
  package func scores(
    _ source: ScoreSource, _ footage: Footage, _ texts: ScoredTexts, path: String
  ) throws -> [String: Double] {
    let scores = try functions[source.identity]?(footage, texts, path) ?? [:]
    if let broken = scores.first(where: { !$0.value.isFinite }) {
      throw EvaluationError.notFinite(score: broken.key, path: path)
    }
    return scores
  }

  /// All scores of a picture or clip, the rewards' sum too.
  ///
  /// - Throws: `EvaluationError`.
  package func callAsFunction(_ footage: Footage, _ texts: ScoredTexts, path: String) throws -> [String: Double] {
    let all = try scorer.sources(isClip: footage.isClip).reduce(into: [:]) {
      $0.merge(try scores($1, footage, texts, path: path)) { $1 }
    }
    return scorer.withMix(all)
  }
}
