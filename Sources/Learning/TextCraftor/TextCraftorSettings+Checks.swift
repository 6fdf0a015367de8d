package import NegativeSpaceLayers
import NegativeSpaceRewards

extension TextCraftorSettings {
  /// The last steps in which the tuned encoder holds where results are looked at.
  var stepsTested: Int { testedSteps ?? max(recordedSteps, samplingSteps * 3 / 5) }

  /// `together`, where it is open four.
  var samplesAtOnce: Int { together ?? 4 }

  /// The LoRA that is learned; nil where all weights are.
  package var lora: LoRAShape? {
    guard case .lora(let rank, let alpha, let layers) = form else { return nil }
    return LoRAShape(rank: rank, alpha: alpha, layers: layers == .attention ? .attention : .linear)
  }

  /// The learning rate where none is given: the authors', and a hundredfold for a LoRA, which starts at nothing.
  var usualRate: Float { lora == nil ? 1e-6 : 1e-4 }

  var resizing: PicturePreparation.Resizing { preparation == .bicubic ? .bicubic : .pooled }

  /// What the settings mean that is easily overlooked; nil where there is nothing.
  var note: String? {
    guidanceScale > 1
      ? nil
      : "The guidance scale is \(guidanceScale): the prompt's row alone is learned from, the empty prompt's is not run."
  }

  /// Refuses what cannot be followed.
  ///
  /// - Throws: `LearningError.setting`.
  func validate() throws {
    func require(_ isMet: Bool, _ name: String, _ found: Any, _ expected: String) throws {
      guard isMet else { throw LearningError.setting(name, found: "\(found)", expected: expected) }
    }
    try LearningError.requirePositive([
      ("samplingSteps", samplingSteps), ("recordedSteps", recordedSteps), ("testedSteps", testedSteps ?? 1),
      ("batch", batch), ("together", together ?? 1),
    ])
    try require(
      recordedSteps <= samplingSteps, "recordedSteps", recordedSteps, "at most the \(samplingSteps) sampling steps")
    try require(
      stepsTested <= samplingSteps, "testedSteps", stepsTested, "at most the \(samplingSteps) sampling steps")
    try require(samplingSteps <= 1000, "samplingSteps", samplingSteps, "at most 1000, the timesteps of training")
    try require(guidanceScale.isFinite && guidanceScale >= 0, "guidanceScale", guidanceScale, "a number from 0")
    try require((0..<1).contains(averageDecay), "averageDecay", averageDecay, "a number from 0 and below 1")
    if case .lora(let rank, let alpha, _) = form {
      try require((1...1024).contains(rank), "rank", rank, "a number from 1 to 1024")
      if let alpha { try require(alpha > 0 && alpha.isFinite, "alpha", alpha, "a number above 0") }
    }
  }
}
