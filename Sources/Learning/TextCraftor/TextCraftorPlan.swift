/// Plan of a tuning: its length, its rate, and the folder of its state.
public struct TextCraftorPlan: Sendable, Hashable {
  /// The folder of checkpoint, log and samples; a plan that is run again in it goes on from there.
  public var folder: String
  /// Optimiser steps in all.
  public var steps: Int
  /// The learning rate, the same in all steps; nil is 10⁻⁶ for whole weights and 10⁻⁴ for a LoRA.
  public var rate: Float?
  /// AdamW's decay, of matrices alone.
  public var weightDecay: Float = 0.01
  /// The length that a gradient is cut to; nil leaves it alone, as the authors do.
  public var maximumGradientNorm: Float?
  /// Steps between validations.
  public var validateEvery = 50
  /// Validations without a better one after which to stop; nil goes on.
  public var patience: Int?

  /// A plan with everything else left to its default.
  public init(folder: String, steps: Int) { (self.folder, self.steps) = (folder, steps) }

  /// Refuses what cannot be followed.
  ///
  /// - Throws: `LearningError.setting`.
  func validate() throws {
    try LearningError.requirePositive([
      ("steps", steps), ("validateEvery", validateEvery), ("patience", patience ?? 1),
    ])
    for (name, value) in [("rate", rate ?? 1), ("maximumGradientNorm", maximumGradientNorm ?? 1)]
    where !(value > 0 && value.isFinite) {
      throw LearningError.setting(name, found: "\(value)", expected: "a number above 0")
    }
    guard weightDecay >= 0, weightDecay.isFinite else {
      throw LearningError.setting("weightDecay", found: "\(weightDecay)", expected: "a number from 0")
    }
  }
}
