import Foundation
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Latents and noise from files give what the seed gave diffusers (Fixtures/make_pipelines.py).
struct StartingPointTests {
  @Test(arguments: ["image-euler_a", "video-euler_a"])
  func `Given latents and given noise take the seed's place`(_ name: String) throws {
    let expected = try Fixtures.tensors()
    let file = Fixtures.temporary("start.safetensors")
    try TensorFile([
      "start": expected.tensor("\(name).initial"), "noise": expected.tensor("\(name).noise"),
    ]).write(to: file)
    let run = try #require(ReferenceRun.all().first { $0.name == name })
    var request = try run.request()
    request.seed = 12345
    (request.width, request.height, request.frames) = (nil, nil, nil)
    request.initialLatents = FileReference(keyed: "\(file):start")
    request.noise = FileReference(path: file)

    var generation = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .float32).start(request)
    #expect(generation.request.width == 32 && generation.request.height == 32)
    #expect(generation.request.frames == (name.hasPrefix("video") ? 5 : 1))
    while try generation.nextStep() != nil {}
    let latents = generation.latents
    #expect(
      try relativeDistance(Tensor(latents.values, shape: latents.shape), expected.tensor("\(name).latents")) < 1e-5)
  }

  @Test func `Too little noise is an error, and so is noise of another size`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    let file = Fixtures.temporary("noise.safetensors")
    var request = GenerationRequest(prompt: "a red apple")
    (request.sampler, request.steps, request.noise) = (.eulerAncestral, 4, FileReference(path: file))

    try TensorFile(["noise": .zeros([2, 1, 4, 8, 8])]).write(to: file)
    var short = try model.start(request)
    #expect(throws: (any Error).self) { while try short.nextStep() != nil {} }

    try TensorFile(["noise": .zeros([4, 1, 4, 8, 9])]).write(to: file)
    #expect(
      throws: ModelError.wrongShape(
        path: file, name: "noise", found: [4, 1, 4, 8, 9], expected: "[S, 1, 4, 8, 8], one for each step")
    ) { try model.start(request) }
  }

  @Test func `Saved latents are read back as the start of another run`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-video"), dtype: .float32)
    var request = GenerationRequest(prompt: "a red apple")
    (request.width, request.height, request.frames) = (24, 16, 3)
    let latents = try model.start(request).latents
    #expect(latents.shape == [1, 4, 3, 4, 6])
    let file = Fixtures.temporary("latents.safetensors")
    try latents.write(to: file)

    request.initialLatents = FileReference(path: file)
    request.seed = 1
    #expect(try model.start(request).latents == latents)
    request.width = 32
    #expect(throws: RequestError.self) { try model.start(request) }
  }

  @Test func `Outside of the guided interval the negative does nothing`() throws {
    let run = try #require(ReferenceRun.all().first { $0.name == "image-unguided" })
    let model = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .float32)
    var request = try run.request()
    request.guidanceScale = 7.5
    request.negativePrompt = "blurred"
    request.guidanceInterval = [0.5, 0.5]
    var generation = try model.start(request)
    while try generation.nextStep() != nil {}
    let latents = generation.latents
    let expected = try Fixtures.tensors().tensor("image-unguided.latents")
    #expect(relativeDistance(Tensor(latents.values, shape: latents.shape), expected) < 1e-5)
  }
}
