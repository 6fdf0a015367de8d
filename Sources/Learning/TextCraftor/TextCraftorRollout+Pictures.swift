package import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceSampling
package import NegativeSpaceTensors

extension TextCraftorRollout {
  /// The scores of clean estimates of noised pictures, recorded through one call of the denoiser
  /// (arXiv:2403.18978, section 3.2.1).
  ///
  /// z_t = √ᾱ_t z + √(1 − ᾱ_t) ε, and x̂ = (z_t − √(1 − ᾱ_t) ε(z_t, T(p))) / √ᾱ_t; there is no guidance. At noisy timesteps
  /// the estimate is poor, which is why the paper prefers whole runs.
  /// - Parameters:
  ///   - pictures: (B, H, W, 3) in −1…1, of the captions.
  ///   - spread: standard normal noise for the encoder, (B, …).
  ///   - noise: (B, …), of latents' shape.
  ///   - timesteps: one for each picture.
  package func recordedScores(
    _ learned: any WeightSource, pictures: Tensor, captions: [String], spread: Tensor, noise: Tensor,
    timesteps: [Int]
  ) throws -> Scores {
    try checkCancellation()
    let schedule = try NoiseSchedule(model.own.scheduler)
    let codec = model.own.autoencoder
    let latents = withoutGradients { codec.latents(of: [pictures]) { spread.reshaped($0) } }
    let noised = schedule.addNoise(latents, noise, timesteps: timesteps)
    let networks = try model.networks(learned)
    let text = model.states(captions, by: networks.tower)
    try checkCancellation()
    let denoiser = networks.denoiser
    let output = denoiser(
      noised, timesteps: timesteps.map { Float($0) }, text: text.positive,
      isCheckpointed: settings.checkpointing ?? .none != .none)
    let estimate = schedule.predictedOriginal(
      model.own.scheduler.prediction ?? .epsilon, output: output, latents: noised, timesteps: timesteps)
    return try judged(estimate, captions, pooled: text.pooled)
  }
}
