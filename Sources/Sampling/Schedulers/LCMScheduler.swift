package import NegativeSpaceTensors

/// Latent consistency models (arXiv:2310.04378), as in diffusers' `LCMScheduler`: to a clean sample, and back to less
/// noise.
package struct LCMScheduler: Sampler {
  package let steps: DiscreteSteps
  private let clipRange: Float?
  /// Factor of timesteps in the boundary condition.
  private let timestepScaling: Float
  /// The data's deviation that the boundary condition assumes.
  private static let dataDeviation: Float = 0.5

  package init(_ configuration: SchedulerConfiguration, steps count: Int) throws {
    let name = "LCMScheduler"
    // This class alone has Stable Diffusion's schedule as its default.
    var filled = configuration
    filled.betaStart = configuration.betaStart ?? 0.00085
    filled.betaEnd = configuration.betaEnd ?? 0.012
    filled.betaSchedule = configuration.betaSchedule ?? .scaledLinear
    let schedule = try NoiseSchedule(filled)
    try configuration.refuse("thresholding", configuration.thresholding, for: name)
    let original = configuration.originalInferenceSteps ?? 50
    guard (1...schedule.count).contains(original) else {
      throw SchedulerConfiguration.error(
        "original_inference_steps", found: "\(original)", expected: "1 to \(schedule.count)")
    }
    guard (1...original).contains(count) else { throw SamplingError.steps(asked: count, most: original) }

    // The timesteps of distillation, falling, of which `count` are taken.
    let grid = (1...original).reversed().map { $0 * (schedule.count / original) - 1 }
    let stride = Double(original) / Double(count)
    let calls = (0..<count).map { grid[Int(Double($0) * stride)] }
    steps = try DiscreteSteps(schedule, calls: calls, prediction: configuration.prediction)
    clipRange = configuration.clipRange(byDefault: false)
    timestepScaling = Float(configuration.timestepScaling ?? 10)
  }

  /// Algorithm 3 of the paper's appendix, multistep sampling.
  package func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor) {
    let timestep = steps.calls[call]
    let original = steps.denoised(output, from: latents, at: timestep, clipRange: clipRange)
    let (skip, out) = boundaryScalings(timestep)
    let denoised = out * original + skip * latents
    guard call + 1 < steps.calls.count else { return (denoised, denoised) }
    let nextAlpha = steps.schedule.alphasCumprod[steps.calls[call + 1]]
    let fresh = try noise.next(latents.shape)
    return (nextAlpha.squareRoot() * denoised + (1 - nextAlpha).squareRoot() * fresh, denoised)
  }

  /// c_skip and c_out: at timestep 0 the sample is what it is (equation 9 of the paper).
  private func boundaryScalings(_ timestep: Int) -> (skip: Float, out: Float) {
    let scaled = Float(timestep) * timestepScaling
    let square = Self.dataDeviation * Self.dataDeviation
    let sum = scaled * scaled + square
    return (square / sum, scaled / sum.squareRoot())
  }
}
