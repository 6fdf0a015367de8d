package import NegativeSpaceLayers
package import NegativeSpacePipelines
package import NegativeSpaceSampling
package import NegativeSpaceTensors

/// Runs of the sampler with a network that is tuned: whole ones for looking, and ones whose last steps are recorded
/// (arXiv:2403.18978, algorithm 1).
package struct TextCraftorRollout: Sendable {
  package let model: TextCraftorModel
  package let objective: TextCraftorObjective
  package let settings: TextCraftorSettings
  /// Asked before every call of a network; true ends what is computed with `CancellationError`.
  package var isCancelled: @Sendable () -> Bool = { false }

  package init(_ model: TextCraftorModel, objective: TextCraftorObjective, settings: TextCraftorSettings) {
    (self.model, self.objective, self.settings) = (model, objective, settings)
  }

  /// What B finished samples are worth.
  package struct Scores: Sendable {
    /// (B), the weighted sum.
    package let sum: Tensor
    /// (B) for each reward, without its weight.
    package let parts: [Tensor]
    /// (B·F, H, W, 3) in [0, 1].
    package let frames: Tensor
  }

  /// The scores of finished samples, recorded through the last K steps for whatever `learned` delivers.
  ///
  /// The first steps run without gradients and with the model's own states, the last K with the tuned encoder's for both
  /// rows; the gradient goes through the whole recursion of these.
  /// - Parameter noise: initial latents (B, …), one for each prompt.
  package func recordedScores(_ learned: any WeightSource, prompts: [String], noise: Tensor) throws -> Scores {
    try scores(try model.networks(learned), prompts: prompts, noise: noise, lastSteps: settings.recordedSteps)
  }

  /// The scores of finished samples as they are looked at: the tuned encoder holds in the last `testedSteps`.
  ///
  /// - Parameter learned: nil is the model as it is.
  package func testedScores(_ learned: (any WeightSource)?, prompts: [String], noise: Tensor) throws -> Scores {
    try withoutGradients {
      let networks = try learned.map { try model.networks($0) } ?? model.ownNetworks
      return try scores(networks, prompts: prompts, noise: noise, lastSteps: settings.stepsTested)
    }
  }

  private func scores(
    _ networks: TextCraftorModel.Networks, prompts: [String], noise: Tensor, lastSteps: Int
  ) throws -> Scores {
    let tuned = model.states(prompts, by: networks.tower)
    let own = withoutGradients { model.states(prompts, by: model.own.text.tower) }
    let (last, first) = (Conditioning(tuned), Conditioning(own))
    let latents = try latents(networks, noise: noise, lastSteps: lastSteps) { call in
      call.index >= call.count - lastSteps ? last : first
    }
    return try judged(latents, prompts, pooled: tuned.pooled)
  }

  /// The latents at the end of a run whose last steps are recorded, and whose others are not.
  package func latents(
    _ networks: TextCraftorModel.Networks, noise: Tensor, lastSteps: Int,
    conditioning: @escaping @Sendable (ModelCall) -> Conditioning
  ) throws -> Tensor {
    let checkpointing = settings.checkpointing ?? .none
    let denoiser = networks.denoiser
    var guided = GuidedDenoiser(
      checkpointing == .calls ? CheckpointedCalls(network: denoiser) : denoiser,
      Guidance(scale: settings.guidanceScale), conditioning: conditioning)
    (guided.fps, guided.isCheckpointed) = (model.own.fps, checkpointing == .layers)
    let predict = guided.prediction()
    // A deterministic sampler asks for no noise.
    var run = Denoising(
      try settings.grid.sampler(model.own.scheduler, steps: settings.samplingSteps), initialNoise: noise,
      noise: RandomNoise(TorchRandom(seed: 0)),
      prediction: { latents, call in
        try checkCancellation()
        return try predict(latents, call)
      })
    try run.advance(to: (run.upcoming?.count ?? 0) - lastSteps)
    return try run.run()
  }

  /// The scores of clean latents' frames, a clip's being the mean of its frames'.
  func judged(_ latents: Tensor, _ prompts: [String], pooled: Tensor?) throws -> Scores {
    try checkCancellation()
    let frames = model.own.pictures(of: latents, isCheckpointed: settings.checkpointing ?? .none != .none)
    try checkCancellation()
    let count = model.own.frames
    let scores = objective.scores(
      frames, prompts: prompts.flatMap { [String](repeating: $0, count: count) },
      pooled: pooled?.repeated(count, axis: 0))
    let parts = scores.map { $0.reshaped([prompts.count, count]).mean(axes: [1]) }
    return Scores(sum: objective.sum(parts), parts: parts, frames: frames)
  }

  func checkCancellation() throws {
    if isCancelled() { throw CancellationError() }
  }
}

extension Conditioning {
  /// The states of prompts and of the empty one as the two rows of guidance.
  package init(_ rows: TextRows) { self.init(positive: rows.positive, negative: rows.negative) }
}
