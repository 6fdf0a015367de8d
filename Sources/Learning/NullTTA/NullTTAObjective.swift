import Foundation
package import NegativeSpacePipelines
package import NegativeSpaceSampling
package import NegativeSpaceTensors

extension Float {
  init(exponential exponent: Float) { self = exp(exponent) }
}

/// The objective of one step of a run, to be climbed by the negative φ' (arXiv:2511.20889).
///
/// λ₁ R(x̂₀(x_t, φ')) − λ₂ (1 − α_t) / (2 α_t (1 − ᾱ_t)) ‖ε̃(x_t, φ') − ε̃(x_t, φ)‖² − λ₂ / (2 σ_φ²) ‖φ' − φ‖²
package struct NullTTAObjective {
  let run: PreparedRun
  let rollout: ReNegRollout
  let settings: NullTTASettings
  /// ᾱ at each timestep of training.
  let alphas: [Float]

  /// What the run is at when a step is to be found: x_t, and what the branches are told without a search.
  package struct Place {
    let latents: Tensor
    let call: ModelCall
    let told: Conditioning

    package init(latents: Tensor, call: ModelCall, told: Conditioning) {
      (self.latents, self.call, self.told) = (latents, call, told)
    }
  }

  package init(_ run: PreparedRun, _ rollout: ReNegRollout, _ settings: NullTTASettings, alphas: [Float]) {
    (self.run, self.rollout, self.settings, self.alphas) = (run, rollout, settings, alphas)
  }

  /// ε̃(x_t, φ'), the guided prediction.
  package func prediction(_ negative: Tensor, _ place: Place) throws -> Tensor {
    if rollout.isCancelled() { throw CancellationError() }
    var guided = run.guided
    let told = Conditioning(positive: place.told.positive, negative: negative)
    guided.conditioning = { _ in told }
    guided.recorded = .negative
    return try guided.prediction()(run.sampler.modelInput(place.latents, at: place.call.index), place.call)
  }

  /// R(x̂₀) of a guided prediction.
  package func reward(_ prediction: Tensor, _ place: Place) throws -> Tensor {
    if rollout.isCancelled() { throw CancellationError() }
    var history = SamplerHistory()
    // What the step draws has no part in the clean estimate.
    var noise: any NoiseSource = RandomNoise(TorchRandom(seed: 0))
    let denoised = try run.sampler.step(
      prediction, from: place.latents, at: place.call.index, history: &history, noise: &noise
    ).denoised
    return reward(of: denoised)
  }

  /// R of clean latents.
  package func reward(of latents: Tensor) -> Tensor {
    let pictures = rollout.model.pictures(of: latents, isCheckpointed: rollout.settings.isCheckpointed)
    return rollout.judged(pictures, [run.request.prompt]).mean()
  }

  /// The objective, recorded for φ'.
  ///
  /// - Parameter plain: ε̃(x_t, φ).
  package func callAsFunction(_ negative: Tensor, plain: Tensor, _ place: Place) throws -> Tensor {
    let prediction = try prediction(negative, place)
    let weight = settings.restraint(at: place.call.timestep)
    let (cumulative, step) = alpha(at: place.call)
    let towardsPlain = (1 - step) / (2 * step * (1 - cumulative))
    return settings.rewardWeight * (try reward(prediction, place))
      - (weight * towardsPlain) * (prediction - plain).square().sum()
      - (weight / (2 * settings.spread * settings.spread)) * (negative - place.told.negative).square().sum()
  }

  /// ᾱ_t, and α_t = ᾱ_t / ᾱ_(t − 1) of the step that leads on.
  private func alpha(at call: ModelCall) -> (cumulative: Float, step: Float) {
    func at(_ timestep: Float) -> Float { alphas[min(max(Int(timestep), 0), alphas.count - 1)] }
    let timesteps = run.sampler.timesteps
    let cumulative = at(call.timestep)
    let next = call.index + 1 < timesteps.count ? at(timesteps[call.index + 1]) : 1
    return (min(cumulative, 1 - 1e-6), min(max(cumulative / next, 1e-6), 1))
  }
}
