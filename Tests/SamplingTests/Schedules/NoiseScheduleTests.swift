import Foundation
import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceSampling

struct NoiseScheduleTests {
  /// Tables of diffusers' schedulers, as hashes of their float32 values.
  struct Example: Decodable, Sendable, CustomTestStringConvertible {
    let configuration: String
    /// Absent where PyTorch's own square roots are off by an ulp: there the tables agree to 1e-6 only.
    let betas: String?
    let alphasCumprod: String?
    /// Some values by index.
    let some: [String: Float]
    var testDescription: String { configuration }
  }

  @Test("The tables equal diffusers' to the last bit", arguments: try Fixtures.read("schedules", as: [Example].self))
  func tablesAreEqual(example: Example) throws {
    let schedule = try NoiseSchedule(SchedulerConfiguration.read(example.configuration))
    for (index, value) in example.some {
      let position = try #require(Int(index))
      #expect(abs(schedule.alphasCumprod[position] - value) <= (example.betas == nil ? 1e-6 : 0))
    }
    if let betas = example.betas { #expect(fnv1a(schedule.betas) == betas) }
    if let alphas = example.alphasCumprod { #expect(fnv1a(schedule.alphasCumprod) == alphas) }
  }

  @Test func theLevelsFollowFromTheProducts() throws {
    let schedule = NoiseSchedule(betas: [0.5, 0.5])
    #expect(schedule.alphasCumprod == [0.5, 0.25])
    #expect(schedule.sigmas == [1, Float(3).squareRoot()])
  }

  @Test func noisyLatentsAndVelocitiesAreThoseOfDiffusers() throws {
    let example = try Fixtures.read("arithmetic", as: Arithmetic.self)
    let schedule = try NoiseSchedule(SchedulerConfiguration.read(example.configuration))
    var (originals, noises) = (TorchRandom(seed: 1), TorchRandom(seed: 2))
    let (original, noise) = (originals.latents([3, 4, 4, 2]), noises.latents([3, 4, 4, 2]))

    let latents = schedule.addNoise(original, noise, timesteps: example.timesteps)
    #expect(relativeDifference(latents, example.addNoise) < 1e-6)
    let velocity = schedule.velocity(original, noise, timesteps: example.timesteps)
    #expect(relativeDifference(velocity, example.velocity) < 1e-6)
  }

  @Test("The target of every prediction leads back to the clean sample", arguments: Prediction.allCases)
  func targetsLeadBack(prediction: Prediction) throws {
    let schedule = try NoiseSchedule(SchedulerConfiguration())
    var source = TorchRandom(seed: 3)
    let (original, noise) = (source.latents([2, 3, 4, 4]), source.latents([2, 3, 4, 4]))
    let latents = schedule.addNoise(original, noise, timesteps: [20, 600])
    let target = schedule.target(prediction, original, noise, timesteps: [20, 600])
    let found = schedule.predictedOriginal(prediction, output: target, latents: latents, timesteps: [20, 600])
    #expect(relativeDifference(found.floats, original.floats) < 1e-5)
  }

  private func fnv1a(_ values: [Float]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for value in values { hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01B3 }
    return (0..<16).map { String(hash >> UInt64(60 - 4 * $0) & 15, radix: 16) }.joined()
  }
}

/// `Fixtures/arithmetic.json`.
struct Arithmetic: Decodable {
  struct Interval: Decodable {
    let interval: [Float]
    let count: Int
    let guided: [Int]
  }

  let configuration: String
  let timesteps: [Int]
  let addNoise: [Float]
  let velocity: [Float]
  let gradient: [Float]
  let guided: [Float]
  let rescaled: [Float]
  let intervals: [Interval]
  let picture: [Float]
  let video: [Float]
  let frames: [Float]
}
