public import NegativeSpacePipelines
public import NegativeSpaceRewards
import NegativeSpaceTensors
import NegativeSpaceTraining

/// Settings for learning negatives (arXiv:2412.19637); the paper's numbers where it gives them.
public struct ReNegSettings: Sendable, Hashable {
  /// Steps of a whole DDIM run.
  public var samplingSteps = 30
  /// Strength of guidance, in learning and in validation; there is nothing to learn at 1 and below.
  public var guidanceScale: Float = 7.5
  /// How cross-attention avoids the negative; with it there is something to learn at any guidance scale.
  public var attentionNegative: AttentionNegativeName?
  /// That rule's options; what is missing has the rule's default.
  public var attentionOptions: [String: String] = [:]
  /// The last part of a run, in which the recorded step lies: above 0, and 1 is the whole run.
  public var tail: Float = 1 / 3
  /// Recorded steps in one run, each drawn from the tail.
  public var stops = 1
  /// Whole steps at the end of a run that are recorded in place of `stops` single ones; 0 is the paper's way.
  public var through = 0
  /// Prompts a step.
  public var batch = 64
  /// Weight of a clip's flicker against its frames' reward.
  public var flicker: Float = 0
  /// Rewards of clips as wholes, beside those of their frames.
  public var clipRewards: [ClipRewardName] = []
  /// Pictures or clips that go through the networks at once; the rest of a batch is added up.
  ///
  /// Nil is as many as a model of its size bears.
  public var together: Int?
  /// Whether the backward pass recomputes layers instead of remembering them: for full-size models.
  package var isCheckpointed = false
  /// The size of samples while learning.
  public var size = SampleSize()
  /// Seed of the random numbers.
  public var seed: UInt64 = 0

  /// The paper's numbers.
  public init() {}

  /// The paper's numbers, with the guidance that the model is used with.
  public init(for model: DiffusionModel) { guidanceScale = Float(model.defaults.guidanceScale) }

  /// `together`, where it is open eight.
  var samplesAtOnce: Int { together ?? 8 }

  /// Refuses what cannot be followed, and what leaves nothing to learn.
  ///
  /// - Throws: `LearningError.setting`, `TrainingError.missingInput`.
  func validate() throws {
    func require(_ isMet: Bool, _ name: String, _ found: Any, _ expected: String) throws {
      guard isMet else { throw LearningError.setting(name, found: "\(found)", expected: expected) }
    }
    try LearningError.requirePositive([
      ("samplingSteps", samplingSteps), ("stops", stops), ("batch", batch), ("together", together ?? 1),
    ])
    try require(tail > 0 && tail <= 1, "tail", tail, "a share above 0 and at most 1")
    try require(
      (0...samplingSteps).contains(through), "through", through, "at most the \(samplingSteps) sampling steps")
    try require(flicker >= 0 && flicker.isFinite, "flicker", flicker, "a number that is not negative")
    do { _ = try attentionNegative?.rule(attentionOptions) } catch {
      throw LearningError.setting("attentionOptions", found: "\(attentionOptions)", expected: "others: \(error)")
    }
    try requireGuidance()
  }

  /// - Throws: `TrainingError.missingInput` where there is nothing to learn.
  package func requireGuidance() throws {
    guard guidanceScale > 1 || attentionNegative != nil else {
      throw TrainingError.missingInput(
        "the guidance scale is \(guidanceScale), at which a negative has no effect, so that there is nothing to learn; take "
          + "one above 1, such as 7.5, or let attention avoid the negative")
    }
  }

  /// The recorded calls of a run: different ones of the tail, ascending.
  func drawStops(using random: inout SplitMix64) -> [Int] {
    var tail = Array(tail(of: samplingSteps))
    var chosen: [Int] = []
    while chosen.count < stops, !tail.isEmpty { chosen.append(tail.remove(at: random.below(tail.count))) }
    return chosen.sorted()
  }

  /// The calls of a sampler with `count` calls at which a step may be recorded.
  package func tail(of count: Int) -> Range<Int> { (count - max(1, Int((Float(count) * tail).rounded())))..<count }
}
