import NegativeSpaceKernels
import NegativeSpaceLayers
package import NegativeSpaceTensors
import NegativeSpaceTraining

/// Takes a learned negative some steps further for one prompt and its seeds (arXiv:2412.19637, per-sample).
package struct ReNegPerSample: Sendable {
  package var rollout: ReNegRollout
  /// Steps at most.
  package var steps = 10
  /// Steps without a better sample after which it ends.
  package var patience = 3
  package var rate: Float = 5e-3

  package init(_ rollout: ReNegRollout) { self.rollout = rollout }

  /// Result for one prompt.
  package struct Result: Sendable {
    /// (1, 77, D): the best of all steps, or the start itself.
    package let negative: Tensor
    /// Mean reward of the finished samples with the start, and with the result: never less.
    package let before: Float
    package let after: Float
    /// The step after which the result was taken; 0 is the start.
    package let step: Int
  }

  /// - Parameters:
  ///   - start: (1, 77, D), the global negative.
  ///   - noise: initial latents (B, …), one for each seed.
  package func refined(_ start: Tensor, prompt: String, noise: Tensor) throws -> Result {
    let prompts = [String](repeating: prompt, count: noise.size(0))
    func reward(_ negative: Tensor) throws -> Float {
      try rollout.samples(negative, prompts: prompts, noise: noise).scores.mean().item
    }
    let weights = TrainableWeights(start: NegativeStart(start), dtype: .float32)
    let before = try reward(start)
    var best = Result(negative: start, before: before, after: before, step: 0)
    for step in 1...max(1, steps) {
      let source = StepWeights(weights)
      let negative = try source.tensor(ReNegTask.parameter, shape: start.shape, role: .vector, initial: .zeros)
      var random = SplitMix64(seed: rollout.settings.seed, stream: 0x7065_7273, index: UInt64(step))
      let loss = try rollout.score(negative, prompts: prompts, noise: noise, using: &random) * -1
      let norm = weights.update(
        source.gradients(of: loss), rate: rate, step: step, with: Optimizer(), averageDecay: 0)
      guard norm.isFinite, let moved = weights.parameters[ReNegTask.parameter]?.value else { break }
      let candidate = Parameter.copy(moved)
      let after = try reward(candidate)
      if after > best.after { best = Result(negative: candidate, before: before, after: after, step: step) }
      if step - best.step >= patience { break }
    }
    return best
  }
}
