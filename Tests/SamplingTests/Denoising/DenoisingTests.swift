import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceSampling

struct DenoisingTests {
  private let sampler: any Sampler

  init() throws { sampler = try SamplerName.euler.sampler(SchedulerConfiguration(), steps: 5) }

  private func noise() -> Tensor {
    var source = TorchRandom(seed: 0)
    return source.latents([1, 4, 4, 2])
  }

  private func denoising(_ denoiser: @escaping GuidedPrediction) -> Denoising {
    Denoising(sampler, initialNoise: noise(), noise: RandomNoise(TorchRandom(seed: 1)), prediction: denoiser)
  }

  @Test func stepsComeOneByOneWithTheirCalls() throws {
    var calls: [ModelCall] = []
    var denoising = denoising { input, call in
      calls.append(call)
      return input
    }
    var steps: [ModelCall] = []
    _ = try denoising.run { steps.append($0.call) }
    #expect(steps.map(\.index) == [0, 1, 2, 3, 4])
    #expect(steps.map(\.timestep) == sampler.timesteps)
    #expect(calls == steps)
    #expect(denoising.upcoming == nil)
  }

  /// With σ = 0 at the end, a network that always finds the same clean sample leads to it.
  ///
  /// PNDM cannot be told the clean sample.
  @Test("The last step ends at what the network sees", arguments: SamplerName.allCases.filter { $0 != .pndm })
  func theEndIsTheCleanSample(name: SamplerName) throws {
    var configuration = SchedulerConfiguration()
    configuration.prediction = .sample
    let clean = 0.2 * noise()
    var denoising = Denoising(
      try name.sampler(configuration, steps: 7), initialNoise: noise(), noise: RandomNoise(TorchRandom(seed: 1))
    ) { _, _ in clean }
    #expect(relativeDifference(try denoising.run().floats, clean.floats) < 2e-5)
  }

  @Test func aCallerMayStopAndGoOn() throws {
    var whole = denoising { input, _ in 0.9 * input }
    let expected = try whole.run()
    var stopped = denoising { input, _ in 0.9 * input }
    _ = try stopped.next()
    _ = try stopped.next()
    #expect(stopped.upcoming?.index == 2)
    #expect(try stopped.run().floats == expected.floats)
  }

  @Test func aNetworkThatReturnsNaNStopsTheRunAndSaysWhere() throws {
    var denoising = denoising { input, call in call.index == 2 ? input * Float.nan : input }
    _ = try denoising.next()
    let second = try denoising.next()
    let error = #expect(throws: SamplingError.self) { try denoising.next() }
    #expect(error == .notFinite(what: "the network's output", step: 3, count: 5, timestep: sampler.timesteps[2]))
    #expect(denoising.latents.floats == second?.latents.floats)
  }

  @Test func aStartFromAPictureSkipsTheFirstCalls() throws {
    let first = sampler.firstCall(strength: 0.4, steps: 5)
    let start = sampler.noised(noise(), with: noise(), at: first)
    var indices: [Int] = []
    var denoising = Denoising(
      sampler, latents: start, from: first, noise: RandomNoise(TorchRandom(seed: 1))
    ) { input, call in
      indices.append(call.index)
      return input
    }
    _ = try denoising.run()
    #expect(indices == [3, 4])
  }

  @Test func onlyTheRegionIsRepainted() throws {
    let original = 0.3 * noise()
    let mask = Tensor((0..<16).map { $0 < 8 ? 1 : 0 }, shape: [1, 4, 4, 1])
    var denoising = Denoising(
      sampler, latents: sampler.noised(original, with: noise(), at: 2), from: 2,
      region: RepaintedRegion(original: original, noise: noise(), mask: mask),
      noise: RandomNoise(TorchRandom(seed: 1))
    ) { input, _ in 0.5 * input }
    let first = try #require(try denoising.next()).latents
    let due = sampler.noised(original, with: noise(), at: 3)
    #expect(first.floats[16...] == due.floats[16...])
    #expect(first.floats[..<16] != due.floats[..<16])
    #expect(try denoising.run().floats[16...] == original.floats[16...])
  }
}
