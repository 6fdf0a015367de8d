import Foundation
import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceSampling

/// Whole ways from noise to sample, step by step as diffusers makes them.
struct TrajectoryTests {
  @Test("A sampler makes the steps of its diffusers class", arguments: try Trajectory.all())
  func stepsAreEqual(example: Trajectory) throws {
    let sampler = try example.sampler()
    #expect(sampler.timesteps.count == example.timesteps.count)
    #expect(relativeDifference(sampler.timesteps, example.timesteps) < 1e-6 || sampler.timesteps == example.timesteps)
    #expect(abs(sampler.initialNoiseScale / example.initialNoiseScale - 1) < 1e-6)

    var noise = RandomNoise(TorchRandom(seed: example.steps))
    let initial = noise.next([1, 4, 4, 2])
    var denoising = Denoising(sampler, initialNoise: initial, noise: noise) { network($0, at: $1.timestep) }
    var latents: [Tensor] = []
    var denoised: [Tensor] = []
    while let step = try denoising.next() {
      latents.append(step.latents)
      denoised.append(step.denoised)
    }

    // Measured: half of the steps agree to 1e-7, all to 6e-7. The bound leaves room for another order of operations.
    for (position, step) in example.kept.enumerated() {
      #expect(relativeDifference(latents[step], example.latents[position]) < 1e-5, "latents after step \(step)")
      guard let expected = example.denoised else { continue }
      #expect(relativeDifference(denoised[step], expected[position]) < 1e-5, "clean sample of step \(step)")
    }
  }

  @Test("A start in the middle goes the way of diffusers", arguments: try Trajectory.all())
  func lateStartsAreEqual(example: Trajectory) throws {
    let noise = RandomNoise(TorchRandom(seed: example.steps))
    let start = Tensor(channelsFirst: example.noised, shape: [1, 2, 4, 4])
    var denoising = Denoising(try example.sampler(), latents: start, from: example.begin, noise: noise) {
      network($0, at: $1.timestep)
    }
    #expect(relativeDifference(try denoising.run(), example.late) < 1e-5)
  }

  @Test("A start from a picture has the noise that diffusers adds", arguments: try Trajectory.all())
  func noisedPicturesAreEqual(example: Trajectory) throws {
    var (pictures, noises) = (TorchRandom(seed: 1), TorchRandom(seed: 2))
    let noised = try example.sampler()
      .noised(pictures.latents([1, 4, 4, 2]), with: noises.latents([1, 4, 4, 2]), at: example.begin)
    #expect(relativeDifference(noised, example.noised) < 1e-6)
  }
}

/// The network of the fixture script.
private func network(_ x: Tensor, at timestep: Float) -> Tensor {
  0.8 * x + 0.2 * x / (1 + x * x) + 0.05 * (timestep / 1000)
}

struct Trajectory: Decodable, Sendable, CustomTestStringConvertible {
  let `class`: String
  let steps: Int
  let eta: Float
  /// The text of the scheduler_config.json.
  let configuration: String
  let timesteps: [Float]
  let initialNoiseScale: Float
  /// The steps that are stored.
  let kept: [Int]
  let latents: [[Float]]
  let denoised: [[Float]]?
  /// The call that a start from a picture begins with.
  let begin: Int
  let noised: [Float]
  /// The final latents of a start from there.
  let late: [Float]

  var testDescription: String { "\(`class`), \(steps) steps, \(configuration.prefix(160))" }

  static func all() throws -> [Trajectory] { try Fixtures.read("trajectories") }

  func sampler() throws -> any Sampler {
    let configuration = try SchedulerConfiguration.read(configuration)
    return try SamplerName(named: #require(configuration.className)).sampler(configuration, steps: steps, eta: eta)
  }
}
