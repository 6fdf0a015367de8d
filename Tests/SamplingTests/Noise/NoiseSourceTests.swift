import NegativeSpaceTensors
import Testing

@testable import NegativeSpaceSampling

struct NoiseSourceTests {
  private let example: Arithmetic

  init() throws { example = try Fixtures.read("arithmetic") }

  /// The fixtures are torch.randn in PyTorch's layout, permuted to channels-last.
  @Test func initialLatentsAreDrawnInPyTorchsLayout() {
    var (picture, video) = (TorchRandom(seed: 5), TorchRandom(seed: 6))
    #expect(picture.latents([2, 4, 5, 3]).floats == example.picture)
    #expect(video.latents([1, 3, 4, 5, 2]).floats == example.video)
  }

  @Test func framesCanBeDrawnAsABatchOfPictures() {
    var noise = RandomNoise(TorchRandom(seed: 7), layout: .frames)
    let frames = noise.next([1, 3, 4, 5, 2])
    #expect(frames.shape == [1, 3, 4, 5, 2])
    #expect(frames.floats == example.frames)
  }

  @Test func latentsReturnToPyTorchsLayout() {
    let values = (0..<120).map { Float($0) }
    let latents = Tensor(channelsFirst: values, shape: [1, 2, 3, 4, 5])
    #expect(latents.shape == [1, 3, 4, 5, 2])
    #expect(latents.floats.prefix(4) == [0, 60, 1, 61])
    let (back, shape) = latents.channelsFirst
    #expect(back == values)
    #expect(shape == [1, 2, 3, 4, 5])
  }

  @Test func givenNoiseIsUsedInOrderUntilItEnds() throws {
    let values = (0..<16).map { Float($0) }
    var noise = try StackedNoise(channelsFirst: values, shape: [2, 1, 2, 2, 2])
    #expect(try noise.next([1, 2, 2, 2]).floats == [0, 4, 1, 5, 2, 6, 3, 7])
    #expect(try noise.next([1, 2, 2, 2]).floats == [8, 12, 9, 13, 10, 14, 11, 15])
    #expect(throws: SamplingError.noiseExhausted(given: 2)) { try noise.next([1, 2, 2, 2]) }
  }

  @Test func givenNoiseOfAnotherSizeIsRefused() throws {
    var noise = try StackedNoise(channelsFirst: [1, 2, 3, 4], shape: [1, 1, 1, 2, 2])
    #expect(throws: SamplingError.shape(what: "the stacked noise", expected: [1, 4, 4, 1], found: [1, 2, 2, 1])) {
      try noise.next([1, 4, 4, 1])
    }
    #expect(throws: SamplingError.self) { try StackedNoise(channelsFirst: [1, 2, 3], shape: [1, 1, 1, 2, 2]) }
  }

  /// An ancestral sampler that is given the noise of a seed goes the way of the seed.
  @Test func givenNoiseReplacesASeed() throws {
    let sampler = try SamplerName.eulerAncestral.sampler(SchedulerConfiguration(), steps: 4)
    var seeded = RandomNoise(TorchRandom(seed: 9))
    let initial = seeded.next([1, 4, 4, 2])
    var source = TorchRandom(seed: 9)
    _ = source.normals(32)
    // Three of the four steps end above σ = 0 and take noise.
    let stacked = try StackedNoise(channelsFirst: (0..<3).flatMap { _ in source.normals(32) }, shape: [3, 1, 2, 4, 4])

    var first = Denoising(sampler, initialNoise: initial, noise: seeded) { input, _ in 0.8 * input }
    var second = Denoising(sampler, initialNoise: initial, noise: stacked) { input, _ in 0.8 * input }
    #expect(try first.run().floats == second.run().floats)
  }
}
