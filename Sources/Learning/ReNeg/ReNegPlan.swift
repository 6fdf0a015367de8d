/// Plan of a negative's learning: its length, and the folder of its state.
public struct ReNegPlan: Sendable, Hashable {
  /// The folder of checkpoint, log and samples; a plan that is run again in it goes on from there.
  public var folder: String
  /// Optimiser steps in all.
  public var steps: Int
  /// The highest learning rate; it falls along a cosine.
  public var rate: Float = 5e-3
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
    guard rate > 0, rate.isFinite else {
      throw LearningError.setting("rate", found: "\(rate)", expected: "a number above 0")
    }
  }
}
