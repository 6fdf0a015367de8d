import NegativeSpacePipelines
package import NegativeSpaceRewards
import NegativeSpaceSampling
package import NegativeSpaceTensors

/// Runs of the sampler against a negative: whole ones for looking, and ones of which a late step is recorded for
/// learning.
package struct ReNegRollout {
  package let model: FrozenModel
  package let reward: any Reward
  package let settings: ReNegSettings
  /// Asked before every call of a network; true ends what is computed with `CancellationError`.
  package var isCancelled: @Sendable () -> Bool = { false }

  package init(_ model: FrozenModel, reward: any Reward, settings: ReNegSettings) {
    (self.model, self.reward, self.settings) = (model, reward, settings)
  }

  /// The score that is learned from, recorded as the settings say.
  ///
  /// - Parameters:
  ///   - negative: (1, 77, D) that asks for a gradient.
  ///   - noise: initial latents (B, …), one for each prompt.
  ///   - random: draws the calls that are recorded.
  func score(_ negative: Tensor, prompts: [String], noise: Tensor, using random: inout SplitMix64) throws -> Tensor {
    if settings.through > 0 {
      return try score(negative, prompts: prompts, noise: noise, through: settings.through)
    }
    return try score(negative, prompts: prompts, noise: noise, stops: settings.drawStops(using: &random))
  }

  /// The mean score of the clean estimates at the calls `stops`, recorded for the negative alone.
  ///
  /// Up to each stop the run goes on without gradients: the dependence of its latents on the negative is left out, as
  /// in the paper. The wanted branch is a constant, so ∂x̂₀/∂n = (γ − 1)(σ/α) ∂ε(x_t, n)/∂n, which is 0 at γ = 1.
  /// - Parameters:
  ///   - negative: (1, 77, D) that asks for a gradient.
  ///   - noise: initial latents (B, …), one for each prompt.
  ///   - stops: ascending.
  package func score(_ negative: Tensor, prompts: [String], noise: Tensor, stops: [Int]) throws -> Tensor {
    let references = try references(prompts, noise, stops: stops)
    var run = try denoising(negative, prompts, noise, recorded: .negative)
    var scores: [Tensor] = []
    for (index, stop) in stops.enumerated() {
      try run.advance(to: stop)
      guard let estimate = try run.estimate() else { break }
      try checkCancellation()
      let frames = model.pictures(of: estimate, isCheckpointed: settings.isCheckpointed)
      scores.append(judged(frames, prompts, besides: references.isEmpty ? nil : references[index]).mean())
    }
    return scores.dropFirst().reduce(scores[0], +) * (1 / Float(scores.count))
  }

  /// The mean score of the finished samples, recorded through the last `steps` steps of the run (DRaFT-K,
  /// arXiv:2309.17400).
  ///
  /// Unlike `score` it knows how the latents came to depend on the negative; both branches of guidance are recorded for
  /// that.
  /// - Parameters:
  ///   - negative: (1, 77, D) that asks for a gradient.
  ///   - noise: initial latents (B, …), one for each prompt.
  package func score(_ negative: Tensor, prompts: [String], noise: Tensor, through steps: Int) throws -> Tensor {
    let references = try references(prompts, noise, stops: nil)
    var run = try denoising(negative, prompts, noise)
    try run.advance(to: (run.upcoming?.count ?? 0) - steps)
    let latents = try run.run()
    try checkCancellation()
    let frames = model.pictures(of: latents, isCheckpointed: settings.isCheckpointed)
    return judged(frames, prompts, besides: references.first).mean()
  }

  /// The scores of finished samples, (B), and their frames (B·F, H, W, 3).
  package func samples(_ negative: Tensor, prompts: [String], noise: Tensor) throws -> (scores: Tensor, frames: Tensor)
  {
    try withoutGradients {
      var run = try denoising(negative, prompts, noise)
      let latents = try run.run()
      try checkCancellation()
      let frames = model.pictures(of: latents)
      try checkCancellation()
      return (judged(frames, prompts, besides: try references(prompts, noise, stops: nil).first), frames)
    }
  }

  // MARK: Inside

  private func denoising(
    _ negative: Tensor, _ prompts: [String], _ noise: Tensor, recorded: GuidedDenoiser.RecordedBranches = .both
  ) throws -> Denoising {
    let conditioning = Conditioning(positive: model.text(prompts), negative: negative)
    var guided = GuidedDenoiser(model.denoiser, Guidance(scale: settings.guidanceScale)) { _ in conditioning }
    (guided.recorded, guided.fps, guided.isCheckpointed) = (recorded, model.fps, settings.isCheckpointed)
    guided.attention = try settings.attentionNegative?.rule(settings.attentionOptions)
    let predict = guided.prediction()
    // A deterministic sampler asks for no noise.
    return Denoising(
      try model.sampler(steps: settings.samplingSteps), initialNoise: noise, noise: RandomNoise(TorchRandom(seed: 0)),
      prediction: { latents, call in
        try checkCancellation()
        return try predict(latents, call)
      })
  }

  private func checkCancellation() throws {
    if isCancelled() { throw CancellationError() }
  }

  /// Frames of the same runs with an empty negative, at each stop or finished; empty where no reward compares with them.
  private func references(_ prompts: [String], _ noise: Tensor, stops: [Int]?) throws -> [Tensor] {
    guard settings.clipRewards.contains(where: \.needsReference) else { return [] }
    return try withoutGradients {
      var run = try denoising(model.emptyStates(), prompts, noise)
      guard let stops else { return [model.pictures(of: try run.run())] }
      return try stops.compactMap { stop in
        try run.advance(to: stop)
        return try run.estimate().map { model.pictures(of: $0) }
      }
    }
  }

  /// The mean reward of each sample's frames less its flicker, and the rewards of the clip: (B).
  ///
  /// - Parameter reference: frames to compare with.
  func judged(_ frames: Tensor, _ prompts: [String], besides reference: Tensor? = nil) -> Tensor {
    let count = model.frames
    let each = reward(frames, prompts: prompts.flatMap { [String](repeating: $0, count: count) })
    var score = each.reshaped([prompts.count, count]).mean(axes: [1])
    func clips(_ frames: Tensor) -> Tensor { frames.reshaped([prompts.count, count] + frames.shape.dropFirst()) }
    for clip in settings.clipRewards where count > 1 {
      score = score + clip.weight * clip.reward(clips(frames), reference: reference.map(clips))
    }
    guard settings.flicker > 0, count > 2 else { return score }
    return score - VideoMeasures.flicker(clips(frames)) * settings.flicker
  }
}
