import Foundation
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Samplers, starts from pictures and videos, inpainting and TAESD against diffusers' own pipelines.
///
/// Made with: python Tests/PipelinesTests/Fixtures/make_further_runs.py (torch 2.15, diffusers 0.42).
struct FurtherRunTests {
  @Test func `There are runs to compare`() throws {
    #expect(FurtherRun.all().count == 28)
  }

  @Test(arguments: FurtherRun.all())
  func `The final latents are those of diffusers`(_ run: FurtherRun) throws {
    let expected = try FurtherRun.tensors()
    let path = try run.model(expected)
    defer { if run.isCopy { try? FileManager.default.removeItem(atPath: path) } }
    let model = try DiffusionModel(folder: path, dtype: .float32)
    let request = try run.request()

    var pictures: [Float] = []
    var final: Latents?
    let result = try model.generate(request, report: { if case .latents(let latents) = $0 { final = latents } }) {
      pictures += $0.pixels.map { Float($0) }
    }
    let latents = try #require(final)
    let reference = try expected.tensor("\(run.name).latents")
    #expect(latents.shape == reference.shape)
    let distance = relativeDistance(Tensor(latents.values, shape: latents.shape), reference)
    #expect(distance < 2e-5, "\(run.name) is \(distance) away")

    // The request stored in a file makes the same pixels again, with nothing left open.
    let again = try DiffusionModel(folder: path, dtype: .float32)
    let read = try JSONDecoder().decode(GenerationRequest.self, from: JSONEncoder().encode(result.request))
    #expect(try again.generate(read) { _ in }.pixelsSHA256 == result.pixelsSHA256)

    guard run.decode == true else { return }
    let colours = try expected.tensor("\(run.name).pictures").floats.map { ($0 * 255).rounded(.toNearestOrEven) }
    let worst = zip(pictures, colours).map { abs($0 - $1) }.max() ?? .infinity
    #expect(pictures.count == colours.count)
    #expect(worst <= 1, "a colour lies \(worst) of 255 away")
  }
}

/// One line of further_runs.json.
struct FurtherRun: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let model: String
  let decode: Bool?
  let own_scheduler: Bool?
  let inpainting: Bool?

  var testDescription: String { name }
  /// Whether the model is a copy with another scheduler or entry.
  var isCopy: Bool { own_scheduler == true || inpainting == true }

  private static var url: URL { URL(fileURLWithPath: Fixtures.path("further_runs.json")) }

  static func all() -> [FurtherRun] {
    (try? JSONDecoder().decode([FurtherRun].self, from: Data(contentsOf: url))) ?? []
  }

  static func tensors() throws -> FixtureFile {
    try FixtureFile(URL(fileURLWithPath: Fixtures.path("further_runs.safetensors")))
  }

  /// The settings as a request, with files where they are.
  func request() throws -> GenerationRequest {
    let requests = try JSONDecoder().decode([GenerationRequest].self, from: Data(contentsOf: Self.url))
    let index = try #require(Self.all().firstIndex { $0.name == name })
    var request = requests[index]
    request.scale = 1
    for file in [
      \GenerationRequest.initialImage, \GenerationRequest.initialVideo, \GenerationRequest.mask, \GenerationRequest.vae,
    ] {
      guard let name = request[keyPath: file]?.path else { continue }
      request[keyPath: file]?.path = Fixtures.path(name)
    }
    return request
  }

  /// The model's folder, or a copy of it as the run wants it.
  func model(_ tensors: FixtureFile) throws -> String {
    guard isCopy else { return Fixtures.path(model) }
    let path = try Fixtures.copy(of: model)
    if own_scheduler == true {
      try Data(Self.stableDiffusionsScheduler.utf8)
        .write(to: URL(fileURLWithPath: "\(path)/scheduler/scheduler_config.json"))
      try Fixtures.index("scheduler", as: "PNDMScheduler", in: path)
    }
    if inpainting == true { try Self.addMaskChannels(to: path, tensors) }
    return path
  }

  /// scheduler_config.json of Stable Diffusion 1.5.
  static let stableDiffusionsScheduler = """
    {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_end": 0.012, "beta_schedule": "scaled_linear",
     "beta_start": 0.00085, "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true,
     "steps_offset": 1, "trained_betas": null, "clip_sample": false}
    """

  /// Makes the denoiser an inpainting one, as the script does.
  static func addMaskChannels(to path: String, _ tensors: FixtureFile) throws {
    let config = URL(fileURLWithPath: "\(path)/unet/config.json")
    let text = try String(contentsOf: config, encoding: .utf8)
      .replacingOccurrences(of: "\"in_channels\": 4", with: "\"in_channels\": 9")
    try Data(text.utf8).write(to: config)
    let weights = "\(path)/unet/diffusion_pytorch_model.safetensors"
    var file = try TensorFile(path: weights)
    file.tensors["conv_in.weight"] = try tensors.tensor("inpainting.conv_in.weight")
    try file.write(to: weights)
  }
}
