package import NegativeSpaceTensors

/// Euler's method on the noise level (arXiv:2206.00364, algorithm 2 without churn), as diffusers' class of this name.
package struct EulerDiscreteScheduler: Sampler {
  package let steps: EulerSteps

  package init(_ configuration: SchedulerConfiguration, steps count: Int) throws {
    steps = try EulerSteps(
      configuration, steps: count, final: configuration.finalSigmas ?? .zero, for: "EulerDiscreteScheduler")
  }

  package func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor) {
    let (sigma, next) = (steps.sigmas[call], steps.sigmas[call + 1])
    let denoised = steps.prediction.denoised(output, from: latents, sigma: sigma)
    let slope = (latents - denoised) / sigma
    return (latents + slope * (next - sigma), denoised)
  }
}
