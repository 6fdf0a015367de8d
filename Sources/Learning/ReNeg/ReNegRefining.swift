public import NegativeSpacePipelines
public import NegativeSpaceRewards
import NegativeSpaceSampling
import NegativeSpaceTensors

/// Takes a negative further for each prompt of a list, on the very noise that its seeds give (per-sample ReNeg,
/// arXiv:2412.19637).
public struct ReNegRefining: Sendable {
  private let subject: ReNegSubject
  private let start: NegativeEmbedding
  private let refinement: ReNegPerSample

  /// Result for one prompt.
  public struct Result: Sendable, Hashable {
    /// The negative for this prompt, or the start itself.
    public let embedding: NegativeEmbedding
    /// Mean reward of the finished samples with the start.
    public let before: Float
    /// The same with the result: never less.
    public let after: Float
    /// The step after which the result was taken; 0 is the start.
    public let step: Int
  }

  /// Opens what it takes.
  ///
  /// - Parameters:
  ///   - rewards: scores that are to become better, summed by their weights; at least one.
  ///   - settings: nil is `ReNegSettings(for: model)`.
  ///   - start: the negative for all prompts.
  ///   - steps: for each prompt, at most; `patience` of them without a better result end it.
  ///   - rate: the learning rate.
  /// - Throws: `LearningError.setting`, `RewardError`, errors in a file.
  public init(
    model: DiffusionModel, rewards: [RewardName], settings: ReNegSettings? = nil, start: NegativeEmbedding,
    steps: Int = 10, patience: Int = 3, rate: Float = 5e-3
  ) throws {
    try LearningError.requirePositive([("steps", steps), ("patience", patience)])
    guard rate > 0, rate.isFinite else {
      throw LearningError.setting("rate", found: "\(rate)", expected: "a number above 0")
    }
    (subject, self.start) = (try ReNegSubject(model: model, rewards: rewards, settings: settings), start)
    try subject.require(start: start)
    var refinement = ReNegPerSample(subject.rollout)
    (refinement.steps, refinement.patience, refinement.rate) = (steps, patience, rate)
    self.refinement = refinement
  }

  /// What the results for these prompts depend on beside their seeds: files and lists by their content.
  ///
  /// - Throws: `ModelError` of a file that cannot be read.
  package func settings(prompts: [String]) throws -> [String: String] {
    var own = try subject.settings(train: prompts, held: [], start: start.states)
    for name in ["prompts to validate on", "batch", "seed"] { own[name] = nil }
    own["method"] = "reneg per sample"
    (own["steps"], own["patience"], own["rate"]) =
      ("\(refinement.steps)", "\(refinement.patience)", "\(refinement.rate)")
    return own
  }

  /// The negative for one prompt.
  ///
  /// - Parameters:
  ///   - seeds: of the samples that are to become better, at least one; the same latents as a generation with that seed
  ///     starts from.
  ///   - isCancelled: asked before every call of a network; true ends the search with `CancellationError`.
  /// - Throws: `LearningError.setting`, `CancellationError`, errors of the sampler.
  public func refine(
    _ prompt: String, seeds: [UInt64], isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Result {
    guard !seeds.isEmpty else { throw LearningError.setting("seeds", found: "empty", expected: "at least one") }
    let noise = Tensor.concatenate(
      seeds.map { seed in
        var source = TorchRandom(seed: seed)
        return source.latents([1] + subject.rollout.model.latentShape)
      }, axis: 0)
    var refinement = refinement
    refinement.rollout.isCancelled = isCancelled
    let found = try refinement.refined(start.states, prompt: prompt, noise: noise)
    var provenance = subject.provenance
    (provenance.method, provenance.prompts, provenance.steps) = ("reneg per sample", prompt, found.step)
    provenance.seed = seeds.first.flatMap { Int(exactly: $0) }
    return Result(
      embedding: NegativeEmbedding(states: found.negative, space: subject.space, provenance: provenance),
      before: found.before, after: found.after, step: found.step)
  }
}
