package import NegativeSpaceTensors

/// DDIM as VideoCrafter does it (`DDIMSampler` in lvdm/models/samplers/ddim.py, with `make_ddim_timesteps`).
///
/// It stands at 1, 1 + c, 1 + 2c, …, c being the whole part of T / steps, which may make a step or two more than asked
/// for, and leads to ᾱ₀. VideoCrafter2 was trained on clean samples made smaller by a factor that falls with the
/// timestep: what the network means is divided by this step's factor and goes on with the next one's; the noise is not
/// rescaled.
package struct LVDMDDIMScheduler: Sampler {
  /// Its class name in a scheduler_config.json; there is no such class in diffusers.
  package static let className = "LVDMDDIMScheduler"

  package let steps: RescaledSteps
  private let eta: Float

  /// - Parameter eta: share of fresh noise; 1 where VideoCrafter's programs do not say.
  package init(_ configuration: SchedulerConfiguration, steps count: Int, eta: Float = 0) throws {
    let schedule = try NoiseSchedule(configuration)
    try configuration.check(steps: count, for: Self.className)
    let stride = schedule.count / count
    // For 3, 27 and other numbers the original asks for timestep T, and fails.
    let calls = Swift.stride(from: 1, through: schedule.count, by: stride).filter { $0 < schedule.count }.reversed()
    steps = RescaledSteps(
      base: try DiscreteSteps(schedule, calls: Array(calls), prediction: configuration.prediction),
      factors: try configuration.sampleFactors(schedule.count))
    self.eta = eta
  }

  /// `p_sample_ddim`, equations 12 and 16 of arXiv:2010.02502 with the factors.
  package func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor) {
    let (base, alphas) = (steps.base, steps.base.schedule.alphasCumprod)
    let timestep = base.calls[call]
    let next = call + 1 < base.calls.count ? base.calls[call + 1] : 0
    let (alpha, nextAlpha) = (alphas[timestep], alphas[next])

    let denoised = base.denoised(output, from: latents, at: timestep) / steps.factors[timestep]
    let direction = base.noise(output, from: latents, at: timestep)

    let variance = (1 - nextAlpha) / (1 - alpha) * (1 - alpha / nextAlpha)
    let fresh = eta * max(0, variance).squareRoot()
    let kept = max(0, 1 - nextAlpha - fresh * fresh).squareRoot()
    var result = nextAlpha.squareRoot() * steps.factors[next] * denoised + kept * direction
    if fresh > 0 { result = result + fresh * (try noise.next(latents.shape)) }
    return (result, denoised)
  }
}

/// Discrete steps whose clean samples are made smaller: latents are √ᾱ · s · x₀ + √(1 − ᾱ) · ε.
package struct RescaledSteps: SamplerSteps {
  let base: DiscreteSteps
  /// s of each timestep of training.
  let factors: [Float]

  package var timesteps: [Float] { base.timesteps }

  package func noised(_ original: Tensor, with noise: Tensor, at call: Int) -> Tensor {
    base.noised(original * factors[base.calls[call]], with: noise, at: call)
  }
}

extension SchedulerConfiguration {
  /// Factor of clean samples at each timestep: falling evenly from `scale_a` to `scale_b` until `mid_step`, where the
  /// yaml says `use_scale`; else 1.
  func sampleFactors(_ count: Int) throws -> [Float] {
    guard useScale == true else { return [Float](repeating: 1, count: count) }
    let (first, last, middle) = (scaleA ?? 1, scaleB ?? 0.3, midStep ?? 400)
    for (key, value) in [("scale_a", first), ("scale_b", last)] where !(1e-3...1e3).contains(value) {
      throw Self.error(key, found: "\(value)", expected: "0.001 to 1000")
    }
    guard (2...count).contains(middle) else {
      throw Self.error("mid_step", found: "\(middle)", expected: "2 to \(count)")
    }
    return (0..<count).map { Float(first + (last - first) * Double(min($0, middle - 1)) / Double(middle - 1)) }
  }
}
