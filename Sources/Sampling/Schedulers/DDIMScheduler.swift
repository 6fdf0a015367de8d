package import Tensors

/// Denoising diffusion implicit models (arXiv:2010.02502), as in diffusers' `DDIMScheduler`.
package struct DDIMScheduler: Sampler {
  package let timesteps: [Float]
  private let schedule: NoiseSchedule
  private let steps: [Int]
  /// Distance to the timestep that a step leads to.
  private let stride: Int
  /// ᾱ after the last step.
  private let finalAlpha: Float
  private let prediction: Prediction
  /// Bound of the clean sample, if it has one.
  private let clipRange: Float?
  private let eta: Float

  /// - Parameters:
  ///   - eta: Share of fresh noise: 0 is deterministic, 1 as noisy as DDPM.
  package init(_ configuration: SchedulerConfiguration, steps count: Int, eta: Float = 0) throws {
    schedule = try NoiseSchedule(configuration)
    try configuration.check(steps: count, for: "DDIMScheduler")
    try configuration.refuse("thresholding", configuration.thresholding, for: "DDIMScheduler")
    steps = (configuration.spacing ?? .leading)
      .timesteps(count, of: schedule.count, offset: configuration.stepsOffset ?? 0)
      .map { Int($0.rounded(.toNearestOrEven)) }
    timesteps = steps.map { Float($0) }
    stride = schedule.count / count
    prediction = configuration.prediction ?? .epsilon
    finalAlpha = configuration.setAlphaToOne ?? true ? 1 : schedule.alphasCumprod[0]
    clipRange = configuration.clipSample ?? true ? Float(configuration.clipSampleRange ?? 1) : nil
    self.eta = eta

    for step in steps {
      guard schedule.alphasCumprod.indices.contains(step) else {
        throw SamplingError.configuration(
          key: "steps_offset", problem: "it leads to timestep \(step) of \(schedule.count) with \(count) steps")
      }
      if prediction == .epsilon, schedule.alphasCumprod[step] == 0 { throw SamplingError.noSignal(timestep: step) }
    }
  }

  package func noised(_ original: Tensor, with noise: Tensor, at call: Int) -> Tensor {
    schedule.addNoise(original, noise, timesteps: [steps[call]])
  }

  /// Equations 12 and 16 of the paper.
  package func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor) {
    let alpha = schedule.alphasCumprod[steps[call]]
    let next = steps[call] - stride
    let nextAlpha = next >= 0 ? schedule.alphasCumprod[next] : finalAlpha
    let (signal, level) = (alpha.squareRoot(), (1 - alpha).squareRoot())

    // The clean sample and the noise
    var denoised = prediction.denoised(output, from: latents, signal: signal, noise: level)
    let direction = prediction.noise(output, from: latents, signal: signal, noise: level)
    if let clipRange { denoised = denoised.clamped(-clipRange, clipRange) }

    // Back to less noise, some of it fresh
    let variance = (1 - nextAlpha) / (1 - alpha) * (1 - alpha / nextAlpha)
    let fresh = eta * max(0, variance).squareRoot()
    let kept = max(0, 1 - nextAlpha - fresh * fresh).squareRoot()
    var result = nextAlpha.squareRoot() * denoised + kept * direction
    if fresh > 0 { result = result + fresh * (try noise.next(latents.shape)) }
    return (result, denoised)
  }
}
