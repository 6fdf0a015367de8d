import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceSampling

struct GuidanceTests {
  private let conditional: Tensor
  private let unconditional: Tensor
  private let example: Arithmetic

  init() throws {
    var (first, second) = (TorchRandom(seed: 3), TorchRandom(seed: 4))
    conditional = first.latents([2, 4, 4, 2])
    unconditional = 1.5 * second.latents([2, 4, 4, 2])
    example = try Fixtures.read("arithmetic")
  }

  @Test func theGuidedOutputIsThatOfDiffusers() {
    let guided = Guidance(scale: 7.5).combine(conditional: conditional, unconditional: unconditional)
    #expect(relativeDifference(guided, example.guided) < 1e-6)
  }

  @Test func theRescaledOutputIsThatOfDiffusers() {
    let rescaled = Guidance(scale: 7.5, rescale: 0.7).combine(conditional: conditional, unconditional: unconditional)
    #expect(relativeDifference(rescaled, example.rescaled) < 1e-6)
  }

  /// As in learning a negative, the gradient passes through guidance, its rescaling and a sampler's step.
  @Test func gradientsPassThroughGuidanceAndAStep() throws {
    var configuration = SchedulerConfiguration()
    configuration.betaStart = 0.00085
    configuration.betaEnd = 0.012
    configuration.betaSchedule = .scaledLinear
    configuration.clipSample = false
    let sampler = try SamplerName.ddim.sampler(configuration, steps: 10)
    var (first, second) = (TorchRandom(seed: 8), TorchRandom(seed: 9))
    let (latents, weights) = (first.latents([2, 4, 4, 2]), second.latents([2, 4, 4, 2]))

    let leaf = unconditional.requiringGradient
    let output = Guidance(scale: 7.5, rescale: 0.7).combine(conditional: conditional, unconditional: leaf)
    var history = SamplerHistory()
    var noise: any NoiseSource = RandomNoise(TorchRandom(seed: 0))
    let next = try sampler.step(output, from: latents, at: 4, history: &history, noise: &noise).latents
    let gradient = (next * weights).sum().gradients(of: [leaf])[0]
    #expect(relativeDifference(gradient, example.gradient) < 1e-5)
  }

  @Test func theIntervalHoldsTheStepsThatDiffusersGuides() {
    for interval in example.intervals {
      let guidance = Guidance(scale: 7.5, interval: interval.interval[0]...interval.interval[1])
      let guided = (0..<interval.count).filter {
        guidance.isActive(at: ModelCall(index: $0, count: interval.count, timestep: 0))
      }
      #expect(guided == interval.guided, "\(interval.interval) of \(interval.count)")
    }
  }

  @Test(
    "Outside of the interval, and at scale 1, only the conditional branch runs",
    arguments: [
      Guidance(scale: 1), Guidance(scale: 5, interval: 0.5...1),
    ])
  func oneBranchRuns(guidance: Guidance) {
    var calls: [String] = []
    let output = guidance(at: ModelCall(index: 0, count: 10, timestep: 999)) {
      calls.append("conditional")
      return conditional
    } unconditional: {
      calls.append("unconditional")
      return unconditional
    }
    #expect(calls == ["conditional"])
    #expect(output.floats == conditional.floats)
  }
}
