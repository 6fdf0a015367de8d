import NegativeSpaceKernels
public import NegativeSpacePipelines
public import NegativeSpaceRewards
import NegativeSpaceTraining

/// Measures which negatives help a prompt, where nobody has written such pairs: a writer learns from what gained.
///
/// Every candidate is tried on a few pictures; the best of a prompt are tried once more on other seeds, and what gains
/// there, too, is a pair. The second gain is the pair's: the first is that of a choice, and too high.
public struct PairMeasuring: Sendable {
  /// Numbers of pictures and pairs.
  public struct Settings: Sendable, Hashable {
    /// Pictures of each candidate.
    public var pictures = 2
    /// Pictures of the best ones, on further seeds.
    public var checkPictures = 4
    /// The best candidates of a prompt that are tried once more.
    public var kept = 4
    /// The second gain above which they are pairs.
    public var leastGain: Float = 0
    /// The first picture's seed.
    public var seed = 10_000
    /// Steps of a whole DDIM run.
    public var samplingSteps = 10
    /// Its guidance.
    public var guidanceScale: Float = 7.5
    /// The size of the pictures.
    public var size = SampleSize()
    /// Pictures that go through the networks at once; nil is as many as a model of its size bears.
    public var together: Int?

    /// The numbers above.
    public init() {}

    func validate() throws {
      try LearningError.requirePositive([
        ("pictures", pictures), ("checkPictures", checkPictures), ("kept", kept), ("samplingSteps", samplingSteps),
        ("together", together ?? 1),
      ])
      guard guidanceScale > 1 else {
        throw LearningError.setting(
          "guidanceScale", found: "\(guidanceScale)", expected: "above 1: else a negative has no effect")
      }
      guard leastGain.isFinite else {
        throw LearningError.setting("leastGain", found: "\(leastGain)", expected: "a number")
      }
    }
  }

  /// A negative of a prompt with what it gained over none on the same noise.
  public struct Pair: Sendable, Hashable {
    /// What should be seen.
    public let prompt: String
    /// What was avoided.
    public let negative: String
    /// Mean gain of the first pictures, by which it was chosen.
    public let firstGain: Float
    /// Mean gain of the further pictures; nil where it was not among the best.
    public let gain: Float?
  }

  private let subject: ReNegSubject
  private let scoring: NegativeScoring
  private let settings: Settings

  /// - Parameter rewards: scores that should rise, summed by their weights.
  /// - Throws: `LearningError.setting`, `RewardError`, errors in a file.
  public init(model: DiffusionModel, rewards: [RewardName], settings: Settings = Settings()) throws {
    try settings.validate()
    var pictures = ReNegSettings(for: model)
    (pictures.samplingSteps, pictures.guidanceScale) = (settings.samplingSteps, settings.guidanceScale)
    (pictures.together, pictures.size) = (settings.together, settings.size)
    subject = try ReNegSubject(model: model, rewards: rewards, settings: pictures, needsGradient: false)
    (scoring, self.settings) = (NegativeScoring(subject.rollout, classifier: nil), settings)
  }

  /// Measures prompts one after the other.
  ///
  /// - Parameters:
  ///   - folder: keeps the scores of all pictures; a run that is started again makes the missing ones.
  ///   - measured: told after each prompt, with all its candidates.
  ///   - isCancelled: asked before every call of a network.
  /// - Throws: `CancellationError`, `TrainingError.otherSettings` where the folder is of another model or reward, errors
  ///   of the sampler.
  public func measure(
    _ prompts: [String], _ candidates: NegativeCandidates, in folder: String,
    measured: ([Pair]) throws -> Void, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    var known = try subject.sampleSettings(train: [], held: [])
    known["method"] = "negopt measure"
    let run = try RunFolder(folder, settings: known, derived: [KnownScores.file]) { folder in
      (try? KnownScores(in: folder).isEmpty) == false
    }
    defer { withExtendedLifetime(run) {} }
    let scoring = try scoring.kept(in: folder)
    for prompt in prompts {
      try measured(try pairs(prompt, candidates.texts(for: prompt), scoring, isCancelled))
    }
  }

  private func pairs(
    _ prompt: String, _ texts: [String], _ scoring: NegativeScoring, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [Pair] {
    let first = settings.seed..<(settings.seed + settings.pictures)
    let gains = try scoring.gains(texts, for: prompt, seeds: first, isCancelled: isCancelled)
    // Of equal gains the earlier candidate goes before.
    let order = gains.indices.sorted { (gains[$0], -$0) > (gains[$1], -$1) }
    let best = Array(order.prefix(settings.kept)).filter { gains[$0] > settings.leastGain }
    let further = first.upperBound..<(first.upperBound + settings.checkPictures)
    let again = try scoring.gains(best.map { texts[$0] }, for: prompt, seeds: further, isCancelled: isCancelled)
    let second = Dictionary(uniqueKeysWithValues: zip(best, again))
    return texts.indices.map {
      Pair(prompt: prompt, negative: texts[$0], firstGain: gains[$0], gain: second[$0])
    }
  }

  /// Whether a pair is one to learn from.
  public func isKept(_ pair: Pair) -> Bool { pair.gain.map { $0 > settings.leastGain } ?? false }
}
