import NegativeSpaceTensors
import NegativeSpaceTraining

/// How negatives are learned (arXiv:2412.19637); the paper's numbers where it gives them.
package struct ReNegSettings: Sendable {
  /// Steps of a whole DDIM run.
  package var samplingSteps = 30
  /// Strength of guidance, in learning and in validation; there is nothing to learn at 1 and below.
  package var guidanceScale: Float = 7.5
  /// The last part of a run, in which the recorded step lies.
  package var tail: Float = 1 / 3
  /// Recorded steps in one run, each drawn from the tail.
  package var stops = 1
  /// Whole steps at the end of a run that are recorded in place of `stops` single ones; 0 is the paper's way.
  package var through = 0
  /// Prompts a step.
  package var batch = 64
  /// How much the flicker of a clip counts against its frames' reward.
  package var flicker: Float = 0
  /// Pictures or clips that go through the networks at once; the rest of a batch is added up.
  package var together = 8
  /// Whether layers are computed again on the way back instead of being remembered: for full-size models.
  package var isCheckpointed = false
  package var seed: UInt64 = 0

  package init() {}

  /// - Throws: `TrainingError.missingInput` where there is nothing to learn.
  package func requireGuidance() throws {
    guard guidanceScale > 1 else {
      throw TrainingError.missingInput(
        "the guidance scale is \(guidanceScale), at which a negative has no effect, so that there is nothing to learn; take "
          + "one above 1, such as 7.5")
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
