/// Settings for learning to write negatives by the pictures' scores (NegOpt's second stage, arXiv:2403.07605).
///
/// How the paper does it is not known; PPO and its numbers are Promptist's (arXiv:2212.09611) where nothing else is
/// said, the rest is ours.
public struct RLSettings: Sendable, Hashable {
  /// Prompts of a round, each of which is written for once.
  public var prompts = 32
  /// Pictures of each text, and as many without a negative on the same noise.
  public var pictures = 4
  /// Steps of a whole DDIM run.
  public var samplingSteps = 10
  /// Its guidance.
  public var guidanceScale: Float = 7.5
  /// Passes over a round's texts.
  public var epochs = 4
  /// Texts of one update.
  public var batch = 16
  /// Tokens of a text at most.
  public var maxTokens = 48
  /// ε of the clipped ratio and of the values.
  public var clip: Float = 0.2
  /// Weight of the values' loss.
  public var valueWeight: Float = 2.3
  /// λ of the advantages.
  public var lambda: Float = 0.95
  /// First weight of the divergence from the start.
  public var divergenceWeight: Float = 0.2
  /// The divergence, a token, that its weight is led to.
  public var divergenceTarget: Float = 0.2
  /// Texts over which the weight adapts.
  public var divergenceHorizon: Float = 10_000
  /// A divergence a token beyond which learning ends: the texts are then no language any more.
  public var divergenceLimit: Float = 3
  /// γ: weight of the pictures' fidelity, KL(p(y|x) ‖ p̄(y)) under a classifier; 0 leaves it out.
  public var fidelity: Float = 0
  /// Held-out prompts that are written for at a validation.
  public var heldPrompts = 16
  /// Pictures that go through the networks at once; nil is as many as a model of its size bears.
  public var together: Int?
  /// The size of samples while learning.
  public var size = SampleSize()
  /// Seed of the random numbers.
  public var seed: UInt64 = 0

  /// The numbers above.
  public init() {}

  /// Updates of a round.
  var updates: Int { epochs * max(1, (prompts + batch - 1) / batch) }

  var ppo: PPO {
    var ppo = PPO()
    (ppo.clip, ppo.valueWeight, ppo.lambda) = (clip, valueWeight, lambda)
    return ppo
  }

  /// Refuses what cannot be followed.
  ///
  /// - Throws: `LearningError.setting`.
  func validate() throws {
    try LearningError.requirePositive([
      ("prompts", prompts), ("pictures", pictures), ("samplingSteps", samplingSteps), ("epochs", epochs),
      ("batch", batch), ("maxTokens", maxTokens), ("heldPrompts", heldPrompts), ("together", together ?? 1),
    ])
    for (name, value) in [
      ("clip", clip), ("divergenceTarget", divergenceTarget), ("divergenceHorizon", divergenceHorizon),
      ("divergenceLimit", divergenceLimit),
    ] where !(value > 0 && value.isFinite) {
      throw LearningError.setting(name, found: "\(value)", expected: "a number above 0")
    }
    for (name, value) in [
      ("valueWeight", valueWeight), ("lambda", lambda), ("divergenceWeight", divergenceWeight), ("fidelity", fidelity),
    ] where !(value >= 0 && value.isFinite) {
      throw LearningError.setting(name, found: "\(value)", expected: "a number that is not negative")
    }
    guard guidanceScale > 1 else {
      throw LearningError.setting(
        "guidanceScale", found: "\(guidanceScale)", expected: "above 1: else a negative has no effect")
    }
  }
}
