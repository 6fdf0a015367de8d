import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceSampling

/// Whole ways from noise to sample as VideoCrafter's own sampler makes them: Fixtures/make_lvdm.py.
struct LVDMTrajectoryTests {
  struct Example: Decodable, Sendable, CustomTestStringConvertible {
    let steps: Int
    let eta: Float
    /// The text of the scheduler_config.json.
    let configuration: String
    let timesteps: [Float]
    let latents: [[Float]]
    let denoised: [[Float]]
    /// The call whose noise `noised` has.
    let begin: Int
    let noised: [Float]

    var testDescription: String { "\(steps) steps, eta \(eta), \(configuration.suffix(60))" }

    static func all() throws -> [Example] { try Fixtures.read("lvdm_trajectories") }

    func sampler() throws -> any Sampler {
      let configuration = try SchedulerConfiguration.read(configuration)
      return try SamplerName(of: configuration).sampler(configuration, steps: steps, eta: eta)
    }
  }

  @Test("The steps are VideoCrafter's", arguments: try Example.all())
  func stepsAreEqual(example: Example) throws {
    let sampler = try example.sampler()
    #expect(sampler.timesteps == example.timesteps)
    var noise = RandomNoise(TorchRandom(seed: example.steps))
    let initial = noise.next([1, 4, 4, 2])
    var denoising = Denoising(sampler, initialNoise: initial, noise: noise) { x, call in
      0.8 * x + 0.2 * x / (1 + x * x) + 0.05 * (call.timestep / 1000)
    }
    var count = 0
    while let step = try denoising.next() {
      #expect(relativeDifference(step.latents, example.latents[count]) < 1e-5, "latents after step \(count)")
      #expect(relativeDifference(step.denoised, example.denoised[count]) < 1e-5, "clean sample of step \(count)")
      count += 1
    }
    #expect(count == example.latents.count)
  }

  @Test("A start from a video has the noise that VideoCrafter adds", arguments: try Example.all())
  func noisedVideosAreEqual(example: Example) throws {
    var (pictures, noises) = (TorchRandom(seed: 1), TorchRandom(seed: 2))
    let noised = try example.sampler()
      .noised(pictures.latents([1, 4, 4, 2]), with: noises.latents([1, 4, 4, 2]), at: example.begin)
    #expect(relativeDifference(noised, example.noised) < 1e-6)
  }

  @Test("Where the original asks for a timestep beyond training, that one is left out", arguments: [3, 27, 1000])
  func lastTimestepStaysInside(steps: Int) throws {
    var configuration = SchedulerConfiguration()
    configuration.className = LVDMDDIMScheduler.className
    let sampler = try SamplerName.ddim.sampler(configuration, steps: steps)
    #expect(try #require(sampler.timesteps.first) < 1000)
    #expect(sampler.timesteps.last == 1)
  }

  @Test("Factors out of reason are refused", arguments: ["scale_b\": 0", "mid_step\": 1", "mid_step\": 4000"])
  func factorsAreChecked(field: String) throws {
    let json = "{\"_class_name\": \"LVDMDDIMScheduler\", \"use_scale\": true, \"\(field)}"
    let configuration = try SchedulerConfiguration.read(json)
    #expect(throws: ConfigurationError.self) { try SamplerName.ddim.sampler(configuration, steps: 4) }
  }
}
