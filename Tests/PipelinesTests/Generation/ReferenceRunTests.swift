import Foundation
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Whole runs against diffusers' own pipelines: Fixtures/make_pipelines.py.
struct ReferenceRunTests {
  @Test func `There are runs to compare`() throws {
    #expect(ReferenceRun.all().count == 19)
  }

  @Test(arguments: ReferenceRun.all())
  func `The final latents are those of diffusers`(_ run: ReferenceRun) throws {
    let expected = try Fixtures.tensors()
    let model = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .float32)
    var request = try run.request()
    if run.negative_embedding == true {
      let file = Fixtures.temporary("negative.safetensors")
      try TensorFile(["embedding": expected.tensor("\(run.name).negative_prompt_embeds")]).write(to: file)
      request.negativeEmbeddings = [FileReference(path: file)]
    }

    var pictures: [Float] = []
    var final: Latents?
    let result = try model.generate(request, report: { if case .latents(let latents) = $0 { final = latents } }) {
      pictures += $0.pixels.map { Float($0) }
    }
    let latents = try #require(final)
    // Ten steps in another order of summation; relative, over all values.
    #expect(
      try relativeDistance(Tensor(latents.values, shape: latents.shape), expected.tensor("\(run.name).latents")) < 1e-5)
    #expect(result.frameCount == request.frames ?? 1)

    guard run.decode == true else { return }
    let colours = try expected.tensor("\(run.name).pictures").floats.map { ($0 * 255).rounded(.toNearestOrEven) }
    let worst = zip(pictures, colours).map { abs($0 - $1) }.max() ?? .infinity
    #expect(pictures.count == colours.count)
    #expect(worst <= 1, "a colour lies \(worst) of 255 away")
  }

  @Test(arguments: ReferenceRun.all())
  func `The seed's latents are torch.randn's, bit for bit`(_ run: ReferenceRun) throws {
    let model = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .float32)
    var request = try run.request()
    // DDIM does not scale what it starts from.
    (request.sampler, request.schedule) = (.ddim, nil)
    let latents = try model.start(request).latents
    let expected = try Fixtures.tensors().tensor("\(run.name).initial")
    #expect(latents.shape == expected.shape)
    #expect(latents.values == expected.floats)
  }

  @Test func `bfloat16 stays near float32`() throws {
    guard ComputeType.fastest.type == .bfloat16 else { return }
    let run = try #require(ReferenceRun.all().first { $0.name == "image-unguided" })
    let model = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .bfloat16)
    var generation = try model.start(run.request())
    while try generation.nextStep() != nil {}
    let latents = generation.latents
    let expected = try Fixtures.tensors().tensor("\(run.name).latents")
    #expect(relativeDistance(Tensor(latents.values, shape: latents.shape), expected) < 0.05)
  }
}
