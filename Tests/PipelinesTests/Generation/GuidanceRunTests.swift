import Foundation
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Whole runs under every rule of guidance, against diffusers' guiders and networks.
///
/// Made with: python Tests/PipelinesTests/Fixtures/make_guidance_runs.py (torch 2.15, diffusers at 58eb52c).
struct GuidanceRunTests {
  struct Run: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let model: String
    let other: Bool
    let velocity: Bool?

    var testDescription: String { name }

    static var url: URL { URL(fileURLWithPath: Fixtures.path("guidance_runs.json")) }

    static func all() -> [Run] { (try? JSONDecoder().decode([Run].self, from: Data(contentsOf: url))) ?? [] }

    func request() throws -> GenerationRequest {
      let requests = try JSONDecoder().decode([GenerationRequest].self, from: Data(contentsOf: Self.url))
      return requests[try #require(Self.all().firstIndex { $0.name == name })]
    }
  }

  @Test func `There are runs to compare`() { #expect(Run.all().count == 32) }

  @Test(arguments: Run.all())
  func `The final latents are those of diffusers, and the record makes them again`(_ run: Run) throws {
    let model = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .float32)
    var request = try run.request()
    var copies: [String] = []
    defer { for path in copies { try? FileManager.default.removeItem(atPath: path) } }
    if run.other {
      copies.append(try Self.weaker(run.model))
      request.negativeModel = FileReference(path: copies[0])
    }
    if run.velocity == true {
      copies.append(try Self.velocity(run.model))
      request.schedulerConfiguration = FileReference(path: copies[0])
    }
    var final: Latents?
    let result = try model.generate(request, report: { if case .latents(let latents) = $0 { final = latents } }) { _ in
    }
    let latents = try #require(final)
    let reference = try FixtureFile(URL(fileURLWithPath: Fixtures.path("guidance_runs.safetensors"))).tensor(run.name)
    let distance = relativeDistance(Tensor(latents.values, shape: latents.shape), reference)
    #expect(distance < 1e-4, "\(run.name) is \(distance) away")

    let again = try DiffusionModel(folder: Fixtures.path(run.model), dtype: .float32)
    let read = try JSONDecoder().decode(GenerationRequest.self, from: JSONEncoder().encode(result.request))
    #expect(try again.generate(read) { _ in }.pixelsSHA256 == result.pixelsSHA256)
  }

  /// A copy of a model whose denoiser says a tenth less.
  private static func weaker(_ model: String) throws -> String {
    let path = try Fixtures.copy(of: model)
    let weights = "\(path)/unet/diffusion_pytorch_model.safetensors"
    var file = try TensorFile(path: weights)
    file.tensors["conv_out.weight"] = try #require(file.tensors["conv_out.weight"]) * 0.9
    try file.write(to: weights)
    return path
  }

  private static func velocity(_ model: String) throws -> String {
    let text = try String(contentsOfFile: Fixtures.path("\(model)/scheduler/scheduler_config.json"), encoding: .utf8)
      .replacingOccurrences(of: "\"epsilon\"", with: "\"v_prediction\"")
    let path = Fixtures.temporary("scheduler.json")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  // MARK: Bad input

  private func refused(
    by model: String = "tiny-image", _ hints: [String], _ change: (inout GenerationRequest) -> Void
  ) throws {
    var request = GenerationRequest(prompt: "a red apple")
    (request.steps, request.scale) = (2, 1)
    change(&request)
    let model = try DiffusionModel(folder: Fixtures.path(model), dtype: .float32)
    do {
      _ = try model.start(request)
      Issue.record("\(hints) was taken")
    } catch let error as RequestError {
      for hint in hints { #expect("\(error)".contains(hint), "\(error)") }
    }
  }

  @Test func `Rules that exclude each other are refused with the reason`() throws {
    for rule in [GuidanceRuleName.pag, .seg, .slg, .auto] {
      try refused(["`guidance_rule` \(rule.rawValue)", "both change the network's attention"]) {
        ($0.attentionNegative, $0.guidanceRule) = (.nag, rule)
      }
    }
    try refused(["nag_scale", "`attention_negative` beside it"]) { $0.attentionOptions = ["nag_scale": "3"] }
    try refused(["nag_norm=l3 for nag", "l1 or l2"]) {
      ($0.attentionNegative, $0.attentionOptions) = (.nag, ["nag_norm": "l3"])
    }
  }

  @Test func `Layers that the network does not have are refused with those there are`() throws {
    try refused(["the layer blocks.7", "mid_block.attentions.0.transformer_blocks.0, up_blocks"]) {
      ($0.guidanceRule, $0.guidanceOptions) = (.slg, ["skip_layer_guidance_layers": "mid_block,blocks.7"])
    }
    // Frames are no picture to blur over.
    try refused(by: "tiny-video", ["the layer mid_block.temp_attentions", "spatial transformer blocks"]) {
      ($0.guidanceRule, $0.guidanceOptions) = (.seg, ["seg_guidance_layers": "mid_block.temp_attentions"])
    }
  }

  @Test func `A negative model of another base is refused with both sides`() throws {
    try refused(["tiny-video with a UNet3DConditionModel", "a UNet2DConditionModel"]) {
      $0.negativeModel = FileReference(path: Fixtures.path("tiny-video"))
    }
    try refused(["negative_model is", "auto_guidance_layers"]) {
      $0.negativeModel = FileReference(path: Fixtures.path("tiny-image"))
      ($0.guidanceRule, $0.guidanceOptions) = (.auto, ["auto_guidance_layers": "mid_block"])
    }
  }

  @Test func `What does nothing without guidance is said`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var request = GenerationRequest(prompt: "a red apple")
    (request.steps, request.scale, request.guidanceScale, request.guidanceRule) = (2, 1, 1, .tcfg)
    request.negativeModel = FileReference(path: Fixtures.path("tiny-image"))
    let warnings = try model.start(request).warnings
    #expect(warnings.count == 2 && warnings.allSatisfy { $0.contains("does nothing") }, "\(warnings)")
    request.guidanceRule = .pag
    request.negativeModel = nil
    #expect(try model.start(request).warnings.isEmpty)
  }

  /// The same network in both branches is no other rule.
  @Test func `The model itself as negative model gives what two calls give`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var request = GenerationRequest(prompt: "a red apple")
    (request.steps, request.scale, request.guidanceScale) = (3, 1, 5)
    func latents(_ request: GenerationRequest) throws -> Tensor {
      var generation = try model.start(request)
      while try generation.nextStep() != nil {}
      return Tensor(generation.latents.values, shape: generation.latents.shape)
    }
    let plain = try latents(request)
    request.negativeModel = FileReference(path: Fixtures.path("tiny-image"))
    #expect(relativeDistance(try latents(request), plain) < 1e-5)
  }
}
