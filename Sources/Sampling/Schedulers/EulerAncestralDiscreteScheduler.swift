package import NegativeSpaceTensors

/// Euler's method to below the next noise level and fresh noise up to it, as diffusers' class of this name.
///
/// From k-diffusion's `sample_euler_ancestral`.
package struct EulerAncestralDiscreteScheduler: Sampler {
  package let steps: EulerSteps

  package init(_ configuration: SchedulerConfiguration, steps count: Int) throws {
    steps = try EulerSteps(configuration, steps: count, final: .zero, for: "EulerAncestralDiscreteScheduler")
  }

  package func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor) {
    let (sigma, next) = (steps.sigmas[call], steps.sigmas[call + 1])
    let denoised = steps.prediction.denoised(output, from: latents, sigma: sigma)

    let upSquare = next * next * (sigma * sigma - next * next) / (sigma * sigma)
    let up = upSquare.squareRoot()
    let down = max(0, next * next - up * up).squareRoot()
    let slope = (latents - denoised) / sigma
    var result = latents + slope * (down - sigma)
    if up > 0 { result = result + up * (try noise.next(latents.shape)) }
    return (result, denoised)
  }
}
