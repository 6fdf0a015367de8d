package import NegativeSpaceTensors

/// Denoising diffusion probabilistic models (arXiv:2006.11239), as in diffusers' `DDPMScheduler`.
///
/// Not DDIM with an eta of 1: a step leads to the next timestep of the series rather than a fixed distance down, and a
/// clipped clean sample moves the mean.
package struct DDPMScheduler: Sampler {
  package let steps: DiscreteSteps
  private let clipRange: Float?
  private let variance: Variance

  /// Variance of the noise that a step adds: as if the clean sample were known (`small`), or nothing of it (`large`).
  private enum Variance: String, CaseIterable {
    case small = "fixed_small"
    case smallLog = "fixed_small_log"
    case large = "fixed_large"
  }

  package init(_ configuration: SchedulerConfiguration, steps count: Int) throws {
    let name = "DDPMScheduler"
    let schedule = try NoiseSchedule(configuration)
    try configuration.check(steps: count, for: name)
    try configuration.refuse("thresholding", configuration.thresholding, for: name)
    try configuration.require(
      "variance_type", configuration.varianceType, in: Variance.allCases.map(\.rawValue), for: name)
    variance = configuration.varianceType.flatMap { Variance(rawValue: $0) } ?? .small
    let calls = configuration.wholeTimesteps(count, of: schedule.count)
    steps = try DiscreteSteps(schedule, calls: calls, prediction: configuration.prediction)
    clipRange = configuration.clipRange(byDefault: true)
  }

  /// Equations 6, 7 and 15 of the paper.
  package func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor) {
    let (timestep, next) = (steps.calls[call], call + 1 < steps.calls.count ? steps.calls[call + 1] : -1)
    let alpha = steps.schedule.alphasCumprod[timestep]
    let nextAlpha = steps.alpha(next, orFinal: 1)
    // β and α of this step alone
    let stepAlpha = alpha / nextAlpha
    let stepBeta = 1 - stepAlpha

    let denoised = steps.denoised(output, from: latents, at: timestep, clipRange: clipRange)
    let (ofDenoised, ofLatents) = (
      nextAlpha.squareRoot() * stepBeta / (1 - alpha), stepAlpha.squareRoot() * (1 - nextAlpha) / (1 - alpha)
    )
    let mean = ofDenoised * denoised + ofLatents * latents
    guard timestep > 0 else { return (mean, denoised) }
    // Never zero: noise is drawn after the last step too, as diffusers does.
    let small = max((1 - nextAlpha) / (1 - alpha) * stepBeta, 1e-20)
    let deviation = (variance == .large ? stepBeta : small).squareRoot()
    return (mean + deviation * (try noise.next(latents.shape)), denoised)
  }
}
