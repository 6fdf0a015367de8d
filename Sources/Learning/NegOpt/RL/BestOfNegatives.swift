public import NegativeSpacePipelines
public import NegativeSpaceRewards
import NegativeSpaceText
public import NegativeSpaceWriters

/// The best of several negatives for a prompt, by the scores of pictures made with each: the baseline for any writer that
/// learned by scores, and as dear as its candidates' pictures.
public struct BestOfNegatives: Sendable {
  private let writer: NegativeWriter
  private let scoring: NegativeScoring
  private let settings: Settings

  /// Candidates and pictures.
  public struct Settings: Sendable, Hashable {
    /// Texts drawn, beside the likeliest one and no negative at all.
    public var candidates = 8
    /// Pictures of each; few do not tell which words a prompt wants.
    public var pictures = 4
    /// The first picture's seed.
    public var seed = 10_000
    /// Steps of a whole DDIM run.
    public var samplingSteps = 10
    /// Its guidance.
    public var guidanceScale: Float = 7.5

    /// The numbers above.
    public init() {}
  }

  /// What was found for a prompt.
  public struct Choice: Sendable, Hashable {
    /// The best text; empty where nothing is better than nothing.
    public let negative: String
    /// Its mean gain over no negative on the same noise.
    public let gain: Float
    /// All candidates with their gains, the best first.
    public let candidates: [Candidate]
  }

  /// A negative and what it gained.
  public struct Candidate: Sendable, Hashable {
    /// The text; empty for none.
    public let negative: String
    /// Its mean gain over no negative on the same noise.
    public let gain: Float
  }

  /// - Throws: `LearningError.setting`, `RewardError`, errors in a file.
  public init(
    writer: NegativeWriter, model: DiffusionModel, rewards: [RewardName], settings: Settings = Settings()
  ) throws {
    for (name, value, most) in [
      ("bestOf", settings.candidates, 1024), ("pictures", settings.pictures, 1024),
      ("samplingSteps", settings.samplingSteps, 1000),
    ] where !(1...most).contains(value) {
      throw LearningError.setting(name, found: "\(value)", expected: "1 to \(most)")
    }
    var pictures = ReNegSettings(for: model)
    (pictures.samplingSteps, pictures.guidanceScale) = (settings.samplingSteps, settings.guidanceScale)
    scoring = NegativeScoring(
      try ReNegSubject(model: model, rewards: rewards, settings: pictures, needsGradient: false).rollout,
      classifier: nil)
    (self.writer, self.settings) = (writer, settings)
  }

  /// The best negative for a prompt.
  ///
  /// - Throws: `CancellationError`, errors of the sampler.
  public func choose(
    for prompt: String, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Choice {
    let likeliest = try writer.write(
      prompt, limit: scoring.tokenLimit, count: scoring.tokens, isCancelled: isCancelled)
    var choice = writer.settings
    choice.strategy = .sampling(temperature: 1, topK: 50, topP: 0.95)
    let ids = writer.tokenizer.encode(prompt, limit: NegativeWriter.promptLimit).ids
    var search = try TokenSearch(writer.model, choice)
    search.isCancelled = isCancelled
    let drawn = try search.texts([[Int]](repeating: ids, count: settings.candidates), stream: 0)
    var texts = [likeliest.text]
    for tokens in drawn {
      let text = CleanedNegative(
        writer.tokenizer.decode(tokens), limit: scoring.tokenLimit, count: scoring.tokens
      ).text
      if !text.isEmpty, !texts.contains(text) { texts.append(text) }
    }
    texts.removeAll(where: \.isEmpty)
    let seeds = settings.seed..<(settings.seed + settings.pictures)
    let gains = try scoring.gains(texts, for: prompt, seeds: seeds, isCancelled: isCancelled)
    var candidates =
      [Candidate(negative: "", gain: 0)]
      + zip(texts, gains).map {
        Candidate(negative: $0, gain: $1)
      }
    candidates.sort { $0.gain > $1.gain }
    return Choice(negative: candidates[0].negative, gain: candidates[0].gain, candidates: candidates)
  }
}
