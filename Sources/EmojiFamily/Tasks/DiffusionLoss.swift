import Foundation
import NegativeSpaceKernels
package import NegativeSpaceSampling
package import NegativeSpaceTensors

/// Training loss of a denoiser: of the configured prediction for clean latents under noise of a drawn level.
package struct DiffusionLoss: Sendable {
  private let schedule: NoiseSchedule
  private let prediction: Prediction

  /// - Throws: errors in the schedule.
  package init(_ scheduler: SchedulerConfiguration) throws {
    schedule = try NoiseSchedule(scheduler)
    prediction = scheduler.prediction ?? .epsilon
  }

  /// Timesteps there are.
  package var timestepCount: Int { schedule.count }

  /// A timestep of a logit-normal distribution (arXiv:2403.03206, section 3.1); both ends stay in reach.
  ///
  /// - Parameter median: as a share of all.
  package func timestep(median: Float, _ random: inout SplitMix64) -> Int {
    let place = 1 / (1 + exp(log(1 / median - 1) - random.grain()))
    return min(schedule.count - 1, Int(place * Float(schedule.count)))
  }

  /// The mean squared error of the prediction for each sample: (B).
  ///
  /// - Parameters:
  ///   - clean: latents (B, …).
  ///   - predict: the denoiser, asked with noisy latents and timesteps.
  package func callAsFunction(
    _ clean: Tensor, timesteps: [Int], noiseSeed: UInt64, _ predict: (_ noisy: Tensor, _ timesteps: [Float]) -> Tensor
  ) -> Tensor {
    var source = TorchRandom(seed: Int(noiseSeed & 0x7FFF_FFFF))
    let noise = source.normal(clean.shape)
    let target = schedule.target(prediction, clean, noise, timesteps: timesteps)
    let output = predict(schedule.addNoise(clean, noise, timesteps: timesteps), timesteps.map(Float.init))
    return (output - target).square().mean(axes: Array(1..<clean.rank))
  }
}
