import NegativeSpaceKernels
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// LoRAs of the avoided branch alone.
struct NegativeLoRATests {
  private static let guidance = 3.0
  private let lora = FileReference(path: Fixtures.path("loras/kohya_ldm.safetensors"), weight: 3)

  private func model() throws -> DiffusionModel {
    try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
  }

  /// The latents after one step.
  private func latents(
    _ model: DiffusionModel, guidance: Double, both: [FileReference] = [], negative: [FileReference] = []
  ) throws -> Tensor {
    var request = GenerationRequest(prompt: "a red apple")
    (request.steps, request.guidanceScale, request.sampler) = (1, guidance, .ddim)
    (request.loras, request.negativeLoras) = (both, negative)
    var generation = try model.start(request)
    while try generation.nextStep() != nil {}
    return Tensor(generation.latents.values, shape: generation.latents.shape)
  }

  @Test func `The avoided branch alone has it`() throws {
    // A step is linear in ε̂ = γ εᵖ + (1 − γ) εⁿ, so that both εᵖ of a step at γ = 1 tell what exchanging one does.
    let model = try model()
    let (plain, with) = (
      try latents(model, guidance: 1), try latents(model, guidance: 1, both: [lora])
    )
    let both = try latents(model, guidance: Self.guidance, both: [lora])
    let alone = try latents(model, guidance: Self.guidance, negative: [lora])
    let expected = both + (plain - with) * Float(Self.guidance)
    #expect(relativeDistance(alone, expected) < 1e-4)
    #expect(relativeDistance(alone, try latents(model, guidance: Self.guidance)) > 1e-2)
    #expect(relativeDistance(alone, both) > 1e-2)
    // Beside the same in both branches, its weights add up.
    let half = FileReference(path: lora.path, weight: 1.5)
    let halves = try latents(model, guidance: Self.guidance, both: [half], negative: [half])
    let wanted = try latents(model, guidance: 1, both: [half])
    #expect(relativeDistance(halves, both + (wanted - with) * Float(Self.guidance)) < 1e-4)
    // And after it, both branches are themselves.
    #expect(try latents(model, guidance: 1).floats == plain.floats)
  }

  @Test func `Files that go from both branches to the avoided one are the avoided one's`() throws {
    let (model, ofText) = (try model(), FileReference(path: Fixtures.path("loras/kohya.safetensors")))
    var request = GenerationRequest(prompt: "a red apple")
    (request.loras, request.negativeLoras) = ([ofText], [lora])
    let both = try model.promptStates(request)
    (request.loras, request.negativeLoras) = ([], [ofText, lora])
    #expect(try model.promptStates(request).negative.floats == both.negative.floats)
  }

  @Test func `It is kept with its hash, and said where it does nothing`() throws {
    let model = try model()
    var request = GenerationRequest(prompt: "x")
    request.negativeLoras = [lora]
    let resolved = try model.resolve(request)
    #expect(resolved.negativeLoras.map(\.path) == [lora.path])
    #expect(resolved.negativeLoras[0].sha256 != nil)
    #expect(resolved.negativeLoras[0].weight == 3)
    #expect(resolved.loras.isEmpty)
    request.guidanceScale = 1
    #expect(try model.start(request).warnings.contains { $0.contains("`negative_loras` does nothing") })
    request.negativePrompt = "blurry"
    #expect(try model.start(request).warnings.contains { $0.contains("`negative_prompt` does nothing") })
    // A rule with scales of its own guides all the same.
    request.guidanceRule = .fdg
    #expect(try !model.start(request).warnings.contains { $0.contains("does nothing") })
  }

  @Test func `One of the text encoder encodes what is avoided`() throws {
    let (model, lora) = (try model(), FileReference(path: Fixtures.path("loras/kohya.safetensors")))
    var request = GenerationRequest(prompt: "a red apple")
    request.negativePrompt = "a blurry picture"
    let plain = try model.promptStates(request)
    request.loras = [lora]
    let both = try model.promptStates(request)
    (request.loras, request.negativeLoras) = ([], [lora])
    request.negativeInterval = [0, 0.5]
    let alone = try model.promptStates(request)
    #expect(alone.positive.floats == plain.positive.floats)
    #expect(alone.negative.floats == both.negative.floats)
    #expect(relativeDistance(alone.negative, plain.negative) > 1e-3)
    // And what the branch has in its place where it does not hold.
    request.negativePrompt = ""
    #expect(try #require(alone.empty).own.floats == model.promptStates(request).negative.floats)
    // Taken out of the avoided branch again it is as if it had not been there.
    (request.loras, request.negativeLoras) = ([lora], [FileReference(path: lora.path, weight: -1)])
    request.negativePrompt = "a blurry picture"
    let without = try model.promptStates(request)
    #expect(without.positive.floats == both.positive.floats)
    #expect(relativeDistance(without.negative, plain.negative) < 1e-5)
    // And after it, both branches are themselves.
    (request.loras, request.negativeLoras) = ([], [])
    #expect(try model.promptStates(request).negative.floats == plain.negative.floats)
  }
}
