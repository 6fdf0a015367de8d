import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import Testing

/// Generation with the denoiser's linear layers in 8-bit integers.
struct Int8Tests {
  private func latents(_ model: String, int8: Bool) throws -> Tensor {
    var request = GenerationRequest(prompt: "a red apple")
    (request.steps, request.int8) = (3, int8)
    var final: Latents?
    _ = try DiffusionModel(folder: Fixtures.path(model), dtype: .float32)
      .generate(request, report: { if case .latents(let latents) = $0 { final = latents } }) { _ in }
    let found = try #require(final)
    return Tensor(found.values, shape: found.shape)
  }

  @Test(arguments: ["tiny-image", "tiny-video"])
  func `Latents stay near those of all layers in float32, and are others`(_ model: String) throws {
    let exact = try latents(model, int8: false)
    let distance = relativeDistance(try latents(model, int8: true), exact)
    #expect(distance > 1e-5)
    #expect(distance < 0.05)
    // The other backend is gone with the run that asked for it.
    #expect(try latents(model, int8: false).floats == exact.floats)
  }
}
