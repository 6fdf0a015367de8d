package import NegativeSpaceTensors

/// The steps of DDIM, DDPM, PNDM and LCM: timesteps of training, where latents are √ᾱ · x₀ + √(1 − ᾱ) · ε.
package struct DiscreteSteps: SamplerSteps {
  let schedule: NoiseSchedule
  /// The timestep of each call.
  let calls: [Int]
  let prediction: Prediction

  /// - Parameters:
  ///   - calls: timesteps, falling.
  /// - Throws: `ConfigurationError` where a timestep is not one of training, `SamplingError` where it leaves no signal
  ///   to predict noise from.
  init(_ schedule: NoiseSchedule, calls: [Int], prediction: Prediction?) throws {
    (self.schedule, self.calls, self.prediction) = (schedule, calls, prediction ?? .epsilon)
    for call in calls {
      guard schedule.alphasCumprod.indices.contains(call) else {
        throw SchedulerConfiguration.error(
          "steps_offset", found: "one that leads to timestep \(call) with \(calls.count) steps",
          expected: "timesteps below \(schedule.count)")
      }
      if self.prediction == .epsilon, schedule.alphasCumprod[call] == 0 { throw SamplingError.noSignal(timestep: call) }
    }
  }

  package var timesteps: [Float] { calls.map { Float($0) } }

  package func noised(_ original: Tensor, with noise: Tensor, at call: Int) -> Tensor {
    schedule.addNoise(original, noise, timesteps: [calls[call]])
  }

  /// ᾱ at a timestep; `final` below the first.
  func alpha(_ timestep: Int, orFinal final: Float) -> Float {
    timestep >= 0 ? schedule.alphasCumprod[timestep] : final
  }

  /// The clean sample that a prediction for latents at `timestep` means, within ±`clipRange` if there is one.
  func denoised(_ output: Tensor, from latents: Tensor, at timestep: Int, clipRange: Float? = nil) -> Tensor {
    let alpha = schedule.alphasCumprod[timestep]
    let denoised = prediction.denoised(
      output, from: latents, signal: alpha.squareRoot(), noise: (1 - alpha).squareRoot())
    return clipRange.map { denoised.clamped(-$0, $0) } ?? denoised
  }

  /// The noise that it means.
  func noise(_ output: Tensor, from latents: Tensor, at timestep: Int) -> Tensor {
    let alpha = schedule.alphasCumprod[timestep]
    return prediction.noise(output, from: latents, signal: alpha.squareRoot(), noise: (1 - alpha).squareRoot())
  }
}

extension SchedulerConfiguration {
  /// Whole timesteps as DDIM, DDPM and PNDM space them.
  func wholeTimesteps(_ steps: Int, of trainTimesteps: Int) -> [Int] {
    (spacing ?? .leading).timesteps(steps, of: trainTimesteps, offset: stepsOffset ?? 0)
      .map { Int($0.rounded(.toNearestOrEven)) }
  }

  /// Bound of the clean sample; nil where it has none.
  func clipRange(byDefault clips: Bool) -> Float? {
    clipSample ?? clips ? Float(clipSampleRange ?? 1) : nil
  }
}
