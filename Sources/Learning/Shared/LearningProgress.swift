import NegativeSpaceTraining

/// Progress of learning, after a step.
public struct LearningProgress: Sendable, Hashable {
  /// Steps that are done, those of earlier runs in the same folder too.
  public let step: Int
  /// Steps in all.
  public let steps: Int
  /// The mean score that this step learned from; it differs from step to step with the prompts and the noise.
  public let reward: Float
  /// The same as a loss, for methods that have no reward.
  public var loss: Float { -reward }
  /// Seconds a step has taken on average since the run began or went on.
  public let secondsPerStep: Double

  init(_ progress: TrainingProgress) {
    (step, steps, reward) = (progress.step, progress.steps, -progress.loss)
    secondsPerStep = progress.secondsPerStep
  }
}
