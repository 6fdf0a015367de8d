import Foundation
import NegativeSpaceConfiguration
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Video models in their authors' own layouts: Fixtures/make_lvdm.py.
struct VideoLayoutTests {
  private static let tokenizer = Fixtures.path("tiny-image/tokenizer")
  private static let videoCrafter = Fixtures.path("checkpoints/vc2.ckpt")
  private static let modelScope = Fixtures.path("modelscope")

  private static func results() throws -> FixtureFile {
    try FixtureFile(URL(fileURLWithPath: Fixtures.path("checkpoints/lvdm.safetensors")))
  }

  private static var options: ModelOptions {
    var options = ModelOptions()
    options.tokenizer = tokenizer
    return options
  }

  /// A denoiser's output for the inputs called `name`.
  private static func unet(of path: String, like name: String, dtype: ComputeType = .float32) throws -> Tensor {
    let (inputs, output) = (Fixtures.temporary("in.safetensors"), Fixtures.temporary("out.safetensors"))
    defer { for file in [inputs, output] { try? FileManager.default.removeItem(atPath: file) } }
    var file = TensorFile([:])
    for key in ["sample", "encoder_hidden_states", "timestep", "fps"] {
      let fixture = try results()
      if fixture.contains("\(name).input.\(key)") { file.tensors[key] = try fixture.tensor("\(name).input.\(key)") }
    }
    try file.write(to: inputs)
    try ModelComponent.unet.run(in: path, inputs: inputs, output: output, dtype: dtype)
    return try #require(try TensorFile(path: output).tensors["sample"])
  }

  private static func latents(_ path: String, _ change: (inout GenerationRequest) -> Void = { _ in }) throws -> Tensor {
    var request = GenerationRequest(prompt: "a red apple spinning on a yellow background")
    request.negativePrompt = "blurred, small"
    (request.width, request.height, request.steps, request.frames) = (16, 16, 4, 3)
    (request.seed, request.scale) = (7, 1)
    change(&request)
    // A converted folder has a tokenizer of its own.
    let options = path == videoCrafter || path == modelScope ? options : ModelOptions()
    let model = try DiffusionModel(path: path, options: options, dtype: .float32)
    var generation = try model.start(request)
    while try generation.nextStep() != nil {}
    return Tensor(generation.latents.values, shape: generation.latents.shape)
  }

  /// The checkpoint as one safetensors file in float32, changed by `edit`, for as long as `body` runs.
  private static func withCopy(_ edit: (inout TensorFile) -> Void, _ body: (String) throws -> Void) throws {
    let path = Fixtures.temporary("model.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var file = try TensorFile(path: videoCrafter)
    edit(&file)
    try file.write(to: path)
    try body(path)
  }

  // MARK: VideoCrafter

  @Test func `VideoCrafter2's denoiser out of a checkpoint computes what its own code computes`() throws {
    let expected = try Self.results().tensor("vc2.unet")
    #expect(relativeDistance(try Self.unet(of: Self.videoCrafter, like: "vc2"), expected) < 1e-5)
    #expect(relativeDistance(try Self.unet(of: Self.videoCrafter, like: "vc2", dtype: .bfloat16), expected) < 2e-2)
  }

  @Test func `A whole run ends where VideoCrafter's ends, with its defaults`() throws {
    let expected = try Self.results().tensor("vc2.latents")
    #expect(relativeDistance(try Self.latents(Self.videoCrafter), expected) < 1e-4)
    // The values of the defaults matter.
    for change: (inout GenerationRequest) -> Void in [
      { $0.fpsCondition = 8 }, { $0.eta = 0 }, { $0.guidanceScale = 9 },
    ] {
      let other = try Self.latents(Self.videoCrafter, change)
      #expect(relativeDistance(other, expected) > 3e-4)
    }
  }

  @Test func `Shapes, the table of factors and the yaml say what the model is`() throws {
    let file = try CheckpointFile(path: Self.videoCrafter)
    #expect(file.pipelineClass == "VideoCrafterPipeline" && file.unknown.isEmpty)
    let unet = try file.component("unet").config()
    #expect(try unet.integer("num_head_channels") == 8)
    #expect(unet["channel_mult"] == .array([.integer(1), .integer(1)]))
    #expect(unet["attention_resolutions"] == .array([.integer(1)]))
    #expect(unet["use_relative_position"] == .bool(false) && unet["fps_cond"] == .bool(true))
    let scheduler = try file.component("scheduler").config()
    #expect(try scheduler.number("scale_b") == 0.7 && scheduler.integer("mid_step") == 400)
    let defaults = try DiffusionModel(path: Self.videoCrafter, options: Self.options, dtype: .float32).defaults
    #expect(defaults.guidanceScale == 12 && defaults.eta == 1 && defaults.fpsCondition == 28 && defaults.frames == 16)

    try Self.withCopy({ $0.tensors["scale_arr"] = nil }) { path in
      // As published, if nothing says otherwise.
      #expect(try CheckpointFile(path: path).component("scheduler").config().number("scale_b") == 0.7)
      let yaml = path.replacingOccurrences(of: ".safetensors", with: ".yaml")
      defer { try? FileManager.default.removeItem(atPath: yaml) }
      try """
      model:
        target: lvdm.models.ddpm3d.LatentDiffusion  # comment
        params:
          linear_end: 0.02
          image_size:
          - 20
          - 32
          scale_factor: 0.5
          use_scale: false
          unet_config:
            params:
              num_head_channels: 16
              channel_mult: [1, 1]
              temporal_length: 24

      """.write(toFile: yaml, atomically: true, encoding: .utf8)
      let told = try CheckpointFile(path: path)
      let (unet, scheduler) = (try told.component("unet").config(), try told.component("scheduler").config())
      #expect(scheduler["use_scale"] == nil)
      #expect(try scheduler.number("beta_end") == 0.02)
      #expect(try unet.integer("num_head_channels") == 16 && unet.integer("temporal_length") == 24)
      #expect(unet["sample_size"] == .array([.integer(20), .integer(32)]))
      #expect(try told.component("vae").config().number("scaling_factor") == 0.5)
    }
  }

  @Test func `Converted, it is a folder that makes the same latents`() throws {
    let folder = Fixtures.temporary("vc2")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ModelConversion(path: Self.videoCrafter, options: Self.options).write(to: folder)
    #expect(try ModelInspection(path: folder).problems.isEmpty)
    #expect(try Self.latents(folder).floats == Self.latents(Self.videoCrafter).floats)
  }

  @Test func `What is not VideoCrafter's text to video is refused`() throws {
    let key = "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k_ip.weight"
    try Self.withCopy({ $0.tensors[key] = .zeros([64, 128]) }) { path in
      let error = #expect(throws: CheckpointError.self) { try CheckpointFile(path: path) }
      #expect(error?.description.contains("that starts from pictures") == true)
    }
    var request = GenerationRequest(prompt: "x")
    request.fpsCondition = 8
    let other = try DiffusionModel(folder: Fixtures.path("tiny-video"), dtype: .float32)
    #expect(throws: RequestError.self) { try other.resolve(request) }
  }

  // MARK: ModelScope

  @Test func `ModelScope's own files compute what diffusers computes`() throws {
    let expected = try Self.results()
    #expect(relativeDistance(try Self.unet(of: Self.modelScope, like: "ms"), try expected.tensor("ms.unet")) < 1e-5)
    #expect(relativeDistance(try Self.latents(Self.modelScope), try expected.tensor("ms.latents")) < 1e-4)
  }

  @Test func `Its parts are found, and what is beside them is named`() throws {
    let inspection = try ModelInspection(path: Self.modelScope)
    #expect(inspection.className == "TextToVideoSDPipeline" && inspection.problems.isEmpty)
    #expect(inspection.missing == ["tokenizer"])
    let notes = inspection.notes.joined()
    #expect(notes.contains("of open_clip_pytorch_model.bin") && notes.contains("1 tensors of VQGAN_autoencoder.pth"))
    let folder = try Fixtures.copy(of: "modelscope")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // Names may be others, but not lead out of the folder.
    try FileManager.default.moveItem(
      atPath: folder + "/text2video_pytorch_model.pth", toPath: folder + "/zeroscope.pth")
    func configure(_ name: String) throws {
      try "{\"model\": {\"model_args\": {\"ckpt_unet\": \"\(name)\"}}}".write(
        toFile: folder + "/configuration.json", atomically: true, encoding: .utf8)
    }
    try configure("zeroscope.pth")
    #expect(try ModelInspection(path: folder).problems.isEmpty)
    try configure("../zeroscope.pth")
    #expect(throws: (any Error).self) { try ModelInspection(path: folder) }
    try configure("zeroscope.pth")
    try FileManager.default.removeItem(atPath: folder + "/VQGAN_autoencoder.pth")
    let error = #expect(throws: ModelFolderError.self) { try ModelInspection(path: folder) }
    #expect(error?.description.contains("VQGAN_autoencoder.pth") == true)
  }
}
