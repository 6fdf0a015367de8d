import Foundation
import Testing

@testable import NegativeSpacePipelines

struct StoppingTests {
  private func request() -> GenerationRequest {
    var request = GenerationRequest(prompt: "a red apple")
    (request.steps, request.frames, request.scale) = (5, 3, 1)
    return request
  }

  @Test func `A run stops after the step in which it was asked to, and hands over its latents`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-video"), dtype: .float32)
    var steps = 0
    var frames = 0
    var reached: Latents?
    do {
      try model.generate(request(), isCancelled: { steps == 2 }, report: { if case .step = $0 { steps += 1 } }) { _ in
        frames += 1
      }
    } catch GenerationError.cancelled(let phase, let latents) {
      #expect(phase == "sampling, after step 2 of 5")
      reached = latents
    }
    #expect(steps == 2)
    #expect(frames == 0)

    var two = try model.start(request())
    _ = try two.nextStep()
    _ = try two.nextStep()
    #expect(reached == two.latents)
  }

  @Test func `A run stops between frames`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-video"), dtype: .float32)
    var frames = 0
    #expect(throws: GenerationError.self) {
      try model.generate(request(), isCancelled: { frames == 1 }) { _ in frames += 1 }
    }
    #expect(frames == 1)
  }

  @Test func `The same request gives the same pixels, another seed others`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-video"), dtype: .float32)
    let first = try model.generate(request()) { _ in }
    let second = try model.generate(request()) { _ in }
    var other = request()
    other.seed = 43
    let third = try model.generate(other) { _ in }
    #expect(first.pixelsSHA256 == second.pixelsSHA256)
    #expect(first.pixelsSHA256 != third.pixelsSHA256)
  }

  @Test func `The last generation gives the same pixels, and another may follow it`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-video"), dtype: .float32)
    let first = try model.generate(request()) { _ in }
    for _ in 0..<2 {
      let last = try model.generate(request(), isLast: true) { _ in }
      #expect(last.pixelsSHA256 == first.pixelsSHA256)
    }
  }

  @Test func `The last generation lets go of the text encoder first, then of the denoiser`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-video"), dtype: .float32)
    try model.load()
    weak let encoder = try model.promptEncoder()
    var generation = try model.start(request(), isLast: true)
    #expect(encoder == nil)
    while try generation.nextStep() != nil { #expect(model.parts.names.contains("unet")) }
    #expect(try generation.nextFrame() != nil)
    #expect(model.parts.names == ["vae"])
  }

  @Test func `No step follows a frame, and the latents stay`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var request = request()
    request.frames = nil
    var generation = try model.start(request)
    _ = try generation.nextStep()
    let reached = generation.latents
    #expect(try generation.nextFrame() != nil)
    #expect(try generation.nextStep() == nil && generation.nextFrame() == nil)
    #expect(generation.latents == reached)
  }

  @Test func `A negative seed draws one that can be used again`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var random = request()
    (random.seed, random.frames) = (-1, nil)
    let first = try model.generate(random) { _ in }
    #expect(first.request.seed != .drawn)
    let again = try model.generate(first.request) { _ in }
    #expect(again.pixelsSHA256 == first.pixelsSHA256)
  }
}
