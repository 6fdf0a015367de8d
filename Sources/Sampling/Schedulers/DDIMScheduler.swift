package import NegativeSpaceTensors

/// Denoising diffusion implicit models (arXiv:2010.02502), as in diffusers' `DDIMScheduler`.
package struct DDIMScheduler: Sampler {
  package let steps: DiscreteSteps
  /// Distance to the timestep that a step leads to.
  private let stride: Int
  /// ᾱ after the last step.
  private let finalAlpha: Float
  /// Bound of the clean sample, if it has one.
  private let clipRange: Float?
  private let eta: Float

  /// - Parameters:
  ///   - eta: Share of fresh noise: 0 is deterministic, 1 as noisy as DDPM.
  package init(_ configuration: SchedulerConfiguration, steps count: Int, eta: Float = 0) throws {
    let schedule = try NoiseSchedule(configuration)
    try configuration.check(steps: count, for: "DDIMScheduler")
    try configuration.refuse("thresholding", configuration.thresholding, for: "DDIMScheduler")
    let calls = configuration.wholeTimesteps(count, of: schedule.count)
    steps = try DiscreteSteps(schedule, calls: calls, prediction: configuration.prediction)
    stride = schedule.count / count
    finalAlpha = configuration.setAlphaToOne ?? true ? 1 : schedule.alphasCumprod[0]
    clipRange = configuration.clipRange(byDefault: true)
    self.eta = eta
  }

  /// Equations 12 and 16 of the paper.
  package func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor) {
    let timestep = steps.calls[call]
    let alpha = steps.schedule.alphasCumprod[timestep]
    let nextAlpha = steps.alpha(timestep - stride, orFinal: finalAlpha)

    // The clean sample and the noise
    let denoised = steps.denoised(output, from: latents, at: timestep, clipRange: clipRange)
    let direction = steps.noise(output, from: latents, at: timestep)

    // Back to less noise, some of it fresh
    let variance = (1 - nextAlpha) / (1 - alpha) * (1 - alpha / nextAlpha)
    let fresh = eta * max(0, variance).squareRoot()
    let kept = max(0, 1 - nextAlpha - fresh * fresh).squareRoot()
    var result = nextAlpha.squareRoot() * denoised + kept * direction
    if fresh > 0 { result = result + fresh * (try noise.next(latents.shape)) }
    return (result, denoised)
  }
}
