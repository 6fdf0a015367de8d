import Foundation
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// AnimateDiff against diffusers' own pipelines.
///
/// Made with: python Tests/PipelinesTests/Fixtures/make_motions.py (torch 2.15, diffusers 0.42.1, peft 0.21.2).
struct MotionTests {
  private func expected(_ name: String) throws -> Tensor {
    try FixtureFile(URL(fileURLWithPath: Fixtures.path("motions.safetensors"))).tensor(name)
  }

  @Test func `There are runs to compare`() throws {
    #expect(MotionRun.all().count == 7)
  }

  @Test(arguments: MotionRun.all())
  func `The final latents are those of diffusers`(_ run: MotionRun) throws {
    let model = try run.opened()
    let request = try run.request()
    var pictures: [Float] = []
    var final: Latents?
    let result = try model.generate(request, report: { if case .latents(let latents) = $0 { final = latents } }) {
      pictures += $0.pixels.map { Float($0) }
    }
    let latents = try #require(final)
    let distance = relativeDistance(
      Tensor(latents.values, shape: latents.shape), try expected("\(run.name).latents"))
    #expect(distance < 1e-4, "\(run.name) is \(distance) away")

    // The record names the adapter, and its settings make the same pixels again.
    let record = try GenerationRecord(json: GenerationRecord(result, by: model).json(), path: "record")
    let path = try #require(record.model.options?.motionAdapter)
    #expect(path == Fixtures.path(run.motion_adapter))
    let options = try #require(record.model.options)
    let again = try DiffusionModel(path: record.model.path, options: options, dtype: .float32)
    #expect(try again.generate(record.request) { _ in }.pixelsSHA256 == result.pixelsSHA256)

    guard run.decode == true else { return }
    let colours = try expected("\(run.name).pictures").floats.map { ($0 * 255).rounded(.toNearestOrEven) }
    let worst = zip(pictures, colours).map { abs($0 - $1) }.max() ?? .infinity
    #expect(pictures.count == colours.count)
    #expect(worst <= 1, "a colour lies \(worst) of 255 away")
  }

  @Test func `One forward of the network is that of diffusers, with text for each video or each frame`() throws {
    let (inputs, output) = (Fixtures.temporary("inputs.safetensors"), Fixtures.temporary("output.safetensors"))
    defer { for file in [inputs, output] { try? FileManager.default.removeItem(atPath: file) } }
    var options = ModelOptions()
    options.motionAdapter = Fixtures.path("tiny-motion")
    var file = try TensorFile(path: Fixtures.path("component-motion.safetensors"))
    let reference = try expected("component.motion")
    for count in [1, 5] {
      let text = try #require(file.tensors["encoder_hidden_states"])
      let rows = (0..<2).flatMap { Array(repeating: text.slice(axis: 0, from: $0, to: $0 + 1), count: count) }
      file.tensors["encoder_hidden_states"] = Tensor.concatenate(rows, axis: 0)
      try file.write(to: inputs)
      try ModelComponent.unet.run(in: Fixtures.path("tiny-image"), options: options, inputs: inputs, output: output)
      let found = try #require(TensorFile(path: output).tensors["sample"])
      #expect(relativeDistance(found, reference) < 1e-5)
    }
    #expect(throws: RequestError.self) {
      try ModelComponent.vaeDecode.run(
        in: Fixtures.path("tiny-image"), options: options, inputs: inputs, output: output)
    }
  }

  @Test func `In bfloat16 the network is near diffusers`() throws {
    let output = Fixtures.temporary("output.safetensors")
    defer { try? FileManager.default.removeItem(atPath: output) }
    var options = ModelOptions()
    options.motionAdapter = Fixtures.path("tiny-motion")
    try ModelComponent.unet.run(
      in: Fixtures.path("tiny-image"), options: options, inputs: Fixtures.path("component-motion.safetensors"),
      output: output, dtype: .bfloat16)
    let found = try #require(TensorFile(path: output).tensors["sample"])
    let distance = relativeDistance(found, try expected("component.motion"))
    // Measured: 2.0e-2; PyTorch's own bfloat16 is 2.7e-2 away from its float32 on these few channels.
    #expect(distance < 3e-2, "\(distance) away")
  }

  @Test func `A MotionLoRA with the authors' names is that with diffusers'`() throws {
    let run = try #require(MotionRun.all().first { $0.name == "motion-lora" })
    var request = try run.request()
    request.steps = 2
    let first = try run.opened().generate(request) { _ in }.pixelsSHA256
    request.loras[0].path = Fixtures.path("loras/motion.ckpt")
    #expect(try run.opened().generate(request) { _ in }.pixelsSHA256 == first)
    request.loras = []
    #expect(try run.opened().generate(request) { _ in }.pixelsSHA256 != first)
  }

  @Test func `It shares the picture model's text space, and has AnimateDiff's habits`() throws {
    let run = try #require(MotionRun.all().first { $0.name == "motion" })
    let (video, image) = (try run.opened(), try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32))
    #expect(try video.textSpace() == image.textSpace())
    #expect(video.kind == .video)
    #expect((video.defaults.guidanceScale, video.defaults.frames) == (7.5, 8))
    #expect(try video.identity().hash != image.identity().hash)
    #expect(video.notes.contains { $0.contains("`scheduler_config`") })
    let resolved = try video.resolve(GenerationRequest(prompt: "x"))
    #expect((resolved.sampler, resolved.frames) == (.ddim, 8))
  }

  // MARK: What does not fit

  private func words(_ model: String, _ adapter: String, frames: Int? = nil) -> String {
    var options = ModelOptions()
    options.motionAdapter = Fixtures.path(adapter)
    options.tokenizer = model.hasSuffix(".ckpt") ? Fixtures.path("tiny-image/tokenizer") : nil
    var request = GenerationRequest(prompt: "x")
    request.frames = frames
    do {
      _ = try DiffusionModel(path: Fixtures.path(model), options: options, dtype: .float32).resolve(request)
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test func `What does not fit is refused with both sides`() throws {
    #expect(words("tiny-image", "tiny-motion", frames: 8) == "nothing")
    #expect(
      words("tiny-image", "tiny-motion", frames: 9)
        == "frames is 9; expected at most 8, for which \(Fixtures.path("tiny-motion")) was made.")
    #expect(
      words("tiny-video", "tiny-motion").contains("which makes videos by itself; expected a Stable Diffusion 1.5"))
    #expect(
      words("tiny-image", "checkpoints/motion.ckpt").contains(
        "with block_out_channels [32, 64]; expected [8, 16], as the denoiser has it of "))
    #expect(words("tiny-image", "tiny-controlnet").contains("the motion adapter is a ControlNetModel"))
    #expect(words("tiny-image", "loras/motion.ckpt").contains("holds a LoRA, not a whole model. A motion adapter is"))
    #expect(words("tiny-image", "nothing").contains("nothing"))
  }

  @Test(arguments: ["tiny-motion", "checkpoints/motion.ckpt"])
  func `An adapter can be looked at`(_ name: String) throws {
    let inspection = try ModelInspection(path: Fixtures.path(name))
    #expect(inspection.className == "MotionAdapter")
    #expect(inspection.kind == nil)
    #expect(inspection.problems == [])
    #expect(inspection.parts.map(\.className) == ["MotionAdapter"])
    #expect(inspection.parameters > 10_000)
    let words = name.hasSuffix("ckpt") ? "up to 6 frames, without" : "up to 8 frames, with"
    #expect(inspection.notes.contains { $0.contains(words) })
  }

  @Test func `An adapter that is not whole is described with what is missing`() throws {
    let folder = try Fixtures.copy(of: "tiny-motion")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = "\(folder)/diffusion_pytorch_model.safetensors"
    var file = try TensorFile(path: path)
    file.tensors["mid_block.motion_modules.0.proj_in.weight"] = nil
    try file.write(to: path)
    #expect(
      try ModelInspection(path: folder).problems
        == ["motion_adapter: missing mid_block.motion_modules.0.proj_in.weight"])
    var options = ModelOptions()
    options.motionAdapter = folder
    let model = try DiffusionModel(path: Fixtures.path("tiny-image"), options: options, dtype: .float32)
    #expect(throws: WeightMismatch.self) { try model.load() }
  }
}

/// One line of motions.json.
struct MotionRun: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let model: String
  let motion_adapter: String
  let decode: Bool?

  var testDescription: String { name }

  private static var url: URL { URL(fileURLWithPath: Fixtures.path("motions.json")) }

  static func all() -> [MotionRun] {
    (try? JSONDecoder().decode([MotionRun].self, from: Data(contentsOf: url))) ?? []
  }

  func opened() throws -> DiffusionModel {
    var options = ModelOptions()
    options.motionAdapter = Fixtures.path(motion_adapter)
    options.tokenizer = model.hasSuffix(".ckpt") ? Fixtures.path("tiny-image/tokenizer") : nil
    return try DiffusionModel(path: Fixtures.path(model), options: options, dtype: .float32)
  }

  /// The settings as a request, with files where they are.
  func request() throws -> GenerationRequest {
    let requests = try JSONDecoder().decode([GenerationRequest].self, from: Data(contentsOf: Self.url))
    var request = requests[try #require(Self.all().firstIndex { $0.name == name })]
    request.scale = 1
    request.initialVideo = request.initialVideo.map { FileReference(path: Fixtures.path($0.path)) }
    for index in request.loras.indices { request.loras[index].path = Fixtures.path(request.loras[index].path) }
    for index in request.controls.indices {
      request.controls[index].net.path = Fixtures.path(request.controls[index].net.path)
      request.controls[index].image.path = Fixtures.path(request.controls[index].image.path)
    }
    return request
  }
}
