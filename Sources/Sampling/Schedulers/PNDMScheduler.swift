package import NegativeSpaceTensors

/// Pseudo numerical methods (arXiv:2202.09778), as in diffusers' `PNDMScheduler`: Stable Diffusion 1.x's own.
///
/// With `skip_prk_steps` the first step is taken again with a better slope (PLMS of the original Stable Diffusion), so
/// that n steps call the network n + 1 times. Without it, three Runge-Kutta steps of four calls each come first.
package struct PNDMScheduler: Sampler {
  package let steps: DiscreteSteps
  /// Distance to the timestep that a step leads to.
  private let stride: Int
  /// ᾱ after the last step.
  private let finalAlpha: Float
  /// Number of Runge-Kutta's calls.
  private let rungeKuttaCalls: Int

  package init(_ configuration: SchedulerConfiguration, steps count: Int) throws {
    let name = "PNDMScheduler"
    // diffusers' class has no such flag and ignores a model's.
    var plain = configuration
    plain.rescaleBetasZeroSNR = nil
    let schedule = try NoiseSchedule(plain)
    try configuration.check(steps: count, for: name)
    let predictions = [Prediction.epsilon, .velocity].map(\.rawValue)
    try configuration.require("prediction_type", configuration.prediction?.rawValue, in: predictions, for: name)
    stride = schedule.count / count
    finalAlpha = configuration.setAlphaToOne ?? false ? 1 : schedule.alphasCumprod[0]

    let falling = configuration.wholeTimesteps(count, of: schedule.count)
    let calls: [Int]
    if configuration.skipPRKSteps ?? false {
      rungeKuttaCalls = 0
      calls = Array(falling.prefix(2)) + falling.dropFirst()
    } else {
      guard falling.count >= 4 else {
        throw SamplingError.tooFewSteps(asked: count, least: 4)
      }
      rungeKuttaCalls = 12
      calls = Self.rungeKutta(falling, half: stride / 2) + falling.dropFirst(3)
    }
    steps = try DiscreteSteps(schedule, calls: calls, prediction: configuration.prediction)
  }

  /// The timesteps of three Runge-Kutta steps: start, middle, middle, end.
  private static func rungeKutta(_ falling: [Int], half: Int) -> [Int] {
    let middles = falling.dropFirst().map { $0 + half }
    return (0..<3).flatMap { step -> [Int] in [falling[step], middles[step], middles[step], falling[step + 1]] }
  }

  package func step(
    _ output: Tensor, from latents: Tensor, at call: Int, history: inout SamplerHistory,
    noise: inout any NoiseSource
  ) throws -> (latents: Tensor, denoised: Tensor) {
    let timestep = steps.calls[call]
    let denoised = steps.denoised(output, from: latents, at: timestep)
    // Counted from where it started: diffusers' class does not know of a start from a picture.
    let result =
      history.count < rungeKuttaCalls
      ? rungeKutta(output, from: latents, at: timestep, history: &history)
      : multistep(output, from: latents, at: timestep, history: &history)
    return (result, denoised)
  }

  /// Equation 13, a call at a time.
  private func rungeKutta(
    _ output: Tensor, from latents: Tensor, at timestep: Int, history: inout SamplerHistory
  ) -> Tensor {
    let stage = history.count % 4
    let weight: Float = stage == 0 || stage == 3 ? 1 / 6 : 1 / 3
    let sum = history.partialSum.map { $0 + weight * output } ?? weight * output
    if stage == 0 {
      history.remember(output, limit: 4)
      history.latents = latents
    }
    history.partialSum = stage == 3 ? nil : sum
    let from = steps.calls[history.count / 4 * 4]
    let to = timestep - (stage % 2 == 0 ? stride / 2 : 0)
    return transfer(history.latents ?? latents, by: stage == 3 ? sum : output, from: from, to: to)
  }

  /// Equation 12: Adams-Bashforth over up to four outputs.
  private func multistep(
    _ output: Tensor, from latents: Tensor, at timestep: Int, history: inout SamplerHistory
  ) -> Tensor {
    if history.count == 1 {
      // The first step again, with the mean of both slopes.
      let mean = (output + (history.outputs.last ?? output)) / 2
      let start = history.latents ?? latents
      history.latents = nil
      return transfer(start, by: mean, from: timestep + stride, to: timestep)
    }
    if history.count == 0 { history.latents = latents }
    history.remember(output, limit: 4)
    // Newest first; the newest is `output` itself.
    let (earlier, weights) = (history.outputs.dropLast().reversed(), Self.adamsBashforth[history.outputs.count - 1])
    let slope = zip(earlier, weights.dropFirst()).map { $1 * $0 }.reduce(weights[0] * output, +)
    return transfer(latents, by: slope, from: timestep, to: timestep - stride)
  }

  /// Weights of one to four outputs, newest first.
  private static let adamsBashforth: [[Float]] = [
    [1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24],
  ]

  /// Equation 9.
  private func transfer(_ latents: Tensor, by output: Tensor, from timestep: Int, to next: Int) -> Tensor {
    let alphas = steps.schedule.alphasCumprod
    let alpha = alphas[min(timestep, alphas.count - 1)]
    let nextAlpha = steps.alpha(next, orFinal: finalAlpha)
    let direction = steps.prediction.noise(
      output, from: latents, signal: alpha.squareRoot(), noise: (1 - alpha).squareRoot())
    let divisor = alpha * (1 - nextAlpha).squareRoot() + (alpha * (1 - alpha) * nextAlpha).squareRoot()
    return (nextAlpha / alpha).squareRoot() * latents - (nextAlpha - alpha) / divisor * direction
  }
}
