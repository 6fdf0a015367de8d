import Foundation
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// The same models as ggml's programs write them.
extension CheckpointFileTests {
  /// Writes a fixture's tensors, without averages, as GGUF under other names; nil leaves one out.
  private static func withGGUF<Result>(
    of name: String, renamed: (String) -> String? = { $0 }, _ body: (String) throws -> Result
  ) throws -> Result {
    let path = Fixtures.temporary("model.gguf")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tensors = try TensorFile(path: Self.path(name)).tensors.filter { !$0.key.hasPrefix("model_ema.") }
    let content = GGUFContent(
      tensors.sorted { $0.key < $1.key }.compactMap { key, tensor in
        renamed(key).map { .init($0, shape: tensor.shape, tensor.floats) }
      })
    try content.data.write(to: URL(fileURLWithPath: path))
    return try body(path)
  }

  /// What stable-diffusion.cpp calls OpenCLIP's tensors (name_conversion.cpp).
  private static func converted(_ name: String) -> String {
    let beginning = "cond_stage_model.model."
    guard name.hasPrefix(beginning), !name.hasSuffix("logit_scale"), !name.hasSuffix("attn_mask") else { return name }
    var rest = String(name.dropFirst(beginning.count))
    for (old, new) in [
      ("transformer.resblocks.", "encoder.layers."), ("attn.in_proj_", "self_attn.in_proj."),
      ("attn.out_proj", "self_attn.out_proj"), ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"),
      ("mlp.c_fc", "mlp.fc1"),
      ("mlp.c_proj", "mlp.fc2"), ("ln_final", "final_layer_norm"), ("token_embedding", "embeddings.token_embedding"),
      ("positional_embedding", "embeddings.position_embedding.weight"),
    ] { rest = rest.replacingOccurrences(of: old, with: new) }
    return "cond_stage_model.transformer.text_model.\(rest)"
  }

  private static func latents(_ path: String, _ options: ModelOptions) throws -> Tensor {
    var request = GenerationRequest(prompt: "a red apple spinning on a yellow background")
    request.negativePrompt = "blurred, small"
    (request.width, request.height, request.steps, request.guidanceScale) = (16, 16, 4, 5)
    (request.seed, request.scale, request.sampler) = (7, 1, .ddim)
    let model = try DiffusionModel(path: path, options: options, dtype: .float32)
    var generation = try model.start(request)
    while try generation.nextStep() != nil {}
    return Tensor(generation.latents.values, shape: generation.latents.shape)
  }

  @Test(arguments: ["sd1", "sd2"])
  func `A GGUF file under stable-diffusion cpp's names computes what diffusers computes`(_ name: String) throws {
    try Self.withGGUF(of: name, renamed: Self.converted) { path in
      for component in Self.networks {
        let expected = try Self.results().tensor("\(name).\(component.rawValue)")
        #expect(relativeDistance(try Self.output(component, of: path, like: name), expected) < 1e-5, "\(component)")
      }
      let expected = try Self.results().tensor("\(name).latents")
      #expect(relativeDistance(try Self.latents(path, Self.options()), expected) < 1e-4)
    }
  }

  @Test func `A denoiser alone takes what it lacks from the folder of a model`() throws {
    let folder = Fixtures.temporary("lender")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ModelConversion(path: Self.path("sd1"), options: Self.options()).write(to: folder)
    let beginning = "model.diffusion_model."
    try Self.withGGUF(
      of: "sd1", renamed: { $0.hasPrefix(beginning) ? String($0.dropFirst(beginning.count)) : nil }
    ) { path in
      let error = #expect(throws: CheckpointError.self) { try DiffusionModel(path: path, options: Self.options()) }
      #expect(error == .missingPart(file: path, part: "text_encoder"))
      #expect(try ModelInspection(path: path, options: Self.options()).missing == ["text_encoder", "vae"])

      var options = Self.options()
      options.config = folder
      let expected = try Self.results().tensor("sd1.latents")
      #expect(relativeDistance(try Self.latents(path, options), expected) < 1e-4)
      #expect(try ModelInspection(path: path, options: options).problems == [])

      // Another lender makes it another model.
      let hash = try ModelIdentity(openModel(path, options)).hash
      try FileManager.default.removeItem(atPath: folder + "/text_encoder/config.json")
      #expect(try ModelIdentity(openModel(path, options)).hash != hash)
    }
  }
}
