import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceText
import NegativeSpaceWeights
import Testing

/// Single files in the original layout against diffusers: Fixtures/make_checkpoints.py.
struct CheckpointFileTests {
  static let tokenizer = Fixtures.path("tiny-image/tokenizer")
  static func path(_ name: String) -> String { Fixtures.path("checkpoints/\(name).ckpt") }

  static func results() throws -> FixtureFile {
    try FixtureFile(URL(fileURLWithPath: Fixtures.path("checkpoints/results.safetensors")))
  }

  static func options(ema: Bool = false) -> ModelOptions {
    var options = ModelOptions()
    (options.tokenizer, options.usesAverages) = (tokenizer, ema)
    return options
  }

  /// The checkpoint as one safetensors file in float32, changed by `edit`, for as long as `body` runs.
  static func withCopy<Result>(
    of name: String, _ edit: (inout TensorFile) -> Void = { _ in }, _ body: (String) throws -> Result
  ) throws -> Result {
    let path = Fixtures.temporary("model.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var file = try TensorFile(path: Self.path(name))
    edit(&file)
    try file.write(to: path)
    return try body(path)
  }

  /// One network's output for the fixture's inputs.
  static func output(
    _ component: ModelComponent, of path: String, like name: String, options: ModelOptions = ModelOptions(),
    dtype: ComputeType = .float32
  ) throws -> Tensor {
    let (inputs, output) = (Fixtures.temporary("in.safetensors"), Fixtures.temporary("out.safetensors"))
    defer { for file in [inputs, output] { try? FileManager.default.removeItem(atPath: file) } }
    let fixture = try results()
    func tensor(_ key: String) throws -> Tensor { try fixture.tensor("\(name).input.\(key)") }
    let ids = try tensor("input_ids")
    var file = TensorFile(integers: ["input_ids": IntegerTensor(ids.floats.map { Int64($0) }, shape: ids.shape)])
    file.tensors["sample"] = try tensor(component == .vaeEncode ? "picture" : "sample")
    file.tensors["encoder_hidden_states"] = try tensor("encoder_hidden_states")
    file.tensors["timestep"] = try tensor("timestep")
    try file.write(to: inputs)
    try component.run(in: path, options: options, inputs: inputs, output: output, dtype: dtype)
    let name = component == .textEncoder ? "last_hidden_state" : "sample"
    return try #require(try TensorFile(path: output).tensors[name])
  }

  static let networks: [ModelComponent] = [.unet, .vaeDecode, .vaeEncode, .textEncoder]

  @Test(arguments: ["sd1", "sd2"], networks)
  func `A network out of a single file computes what diffusers computes`(_ name: String, _ component: ModelComponent)
    throws
  {
    let expected = try Self.results().tensor("\(name).\(component.rawValue)")
    #expect(relativeDistance(try Self.output(component, of: Self.path(name), like: name), expected) < 1e-5)
  }

  @Test func `Averages are taken only if asked for`() throws {
    let expected = try Self.results().tensor("sd1.unet_ema")
    let found = try Self.output(.unet, of: Self.path("sd1"), like: "sd1", options: Self.options(ema: true))
    #expect(relativeDistance(found, expected) < 1e-5)
    let notes = try CheckpointFile(path: Self.path("sd1")).notes.joined()
    #expect(notes.contains("averaged weights, used with `ema` (210)"))
    #expect(throws: CheckpointError.self) { try openModel(Self.path("sd2"), Self.options(ema: true)) }
  }

  @Test(arguments: ["sd1", "sd2"])
  func `A whole run from a single file ends where diffusers' ends`(_ name: String) throws {
    var request = GenerationRequest(prompt: "a red apple spinning on a yellow background")
    request.negativePrompt = "blurred, small"
    (request.width, request.height, request.steps, request.guidanceScale) = (16, 16, 4, 5)
    (request.seed, request.scale, request.sampler) = (7, 1, .ddim)
    func latents(_ path: String) throws -> Tensor {
      let model = try DiffusionModel(path: path, options: Self.options(), dtype: .float32)
      var generation = try model.start(request)
      while try generation.nextStep() != nil {}
      return Tensor(generation.latents.values, shape: generation.latents.shape)
    }
    let expected = try Self.results().tensor("\(name).latents")
    #expect(relativeDistance(try latents(Self.path(name)), expected) < 1e-4)
    try Self.withCopy(of: name) { path in
      let found = try latents(path)
      #expect(relativeDistance(found, expected) < 1e-4)
    }
  }

  @Test func `What Stable Diffusion 2 predicts is told by what is written, or by a test run`() throws {
    func prediction(_ path: String) throws -> String? {
      try DiffusionModel(path: path, options: Self.options(), dtype: .float32).files.scheduler.get().prediction?
        .rawValue
    }
    #expect(try prediction(Self.path("sd1")) == "epsilon")
    #expect(try CheckpointFile(path: Self.path("sd2")).prediction == .undecided)
    #expect(try prediction(Self.path("sd2")) == "v_prediction")
    let bias = "model.diffusion_model.out.2.bias"
    try Self.withCopy(of: "sd2", { $0.tensors[bias] = Tensor(repeating: 0.5, shape: [4]) }) { path in
      #expect(try prediction(path) == "epsilon")
      // The original yaml beside the file, or named, comes first.
      let yaml = path.replacingOccurrences(of: ".safetensors", with: ".yaml")
      defer { try? FileManager.default.removeItem(atPath: yaml) }
      try "model:\n  params:\n    parameterization: \"v\"  # velocity\n    unet_config:\n".write(
        toFile: yaml, atomically: true, encoding: .utf8)
      #expect(try prediction(path) == "v_prediction")
    }
    for (key, value, expected) in [
      ("modelspec.prediction_type", "epsilon", "epsilon"), ("global_step", "875000", "epsilon"),
      ("modelspec.prediction_type", "v", "v_prediction"),
    ] {
      try Self.withCopy(of: "sd2", { $0.metadata[key] = value }) { path in
        let found = try prediction(path)
        #expect(found == expected)
      }
    }
  }

  @Test func `Every tensor is used, known to be harmless, or named`() throws {
    let stranger = "model.diffusion_model.input_blocks.1.0.stranger.weight"
    let missing = "first_stage_model.decoder.up.1.block.0.conv1.weight"
    let extra = "cond_stage_model.transformer.text_model.encoder.layers.0.stranger"
    try Self.withCopy(
      of: "sd1",
      { file in
        file.tensors[stranger] = .zeros([1])
        file.tensors["elsewhere"] = .zeros([1])
      }
    ) { path in
      #expect(throws: CheckpointError.unknownTensors(file: path, names: ["elsewhere", stranger])) {
        try DiffusionModel(path: path, options: Self.options())
      }
      let inspection = try ModelInspection(path: path)
      #expect(
        inspection.problems == ["elsewhere belongs to no known part", "\(stranger) belongs to no known part"])
    }
    try Self.withCopy(
      of: "sd1",
      { file in
        file.tensors[missing] = nil
        file.tensors[extra] = .zeros([1])
      }
    ) { path in
      let model = try DiffusionModel(path: path, options: Self.options(), dtype: .float32)
      let error = #expect(throws: WeightMismatch.self) { try model.autoencoder() }
      #expect(error?.problems.missing == ["decoder.up_blocks.0.resnets.0.conv1.weight"])
      let text = #expect(throws: WeightMismatch.self) { try model.promptEncoder() }
      #expect(text?.problems.unused == [extra])
    }
  }

  @Test func `Other spellings of the autoencoder's attention and of the text encoder are read`() throws {
    func respell(_ file: inout TensorFile, _ from: String, _ to: String) {
      for (key, value) in file.tensors where key.contains(from) {
        file.tensors[key] = nil
        file.tensors[key.replacingOccurrences(of: from, with: to)] = value
      }
    }
    try Self.withCopy(
      of: "sd1",
      { file in
        for (from, to) in [(".q.", ".query."), (".k.", ".key."), (".v.", ".to_v."), (".proj_out.", ".proj_attn.")] {
          respell(&file, "attn_1" + from, "attn_1" + to)
        }
        respell(&file, "cond_stage_model.transformer.text_model.", "cond_stage_model.transformer.")
      }
    ) { path in
      for component in [ModelComponent.vaeDecode, .textEncoder] {
        let expected = try Self.results().tensor("sd1.\(component.rawValue)")
        #expect(relativeDistance(try Self.output(component, of: path, like: "sd1"), expected) < 1e-5)
      }
    }
  }

  @Test func `Nine channels make an inpainting model`() throws {
    let key = "model.diffusion_model.input_blocks.0.0.weight"
    try Self.withCopy(
      of: "sd1",
      { file in
        guard let four = file.tensors[key] else { return }
        let rows = stride(from: 0, to: 32 * 36, by: 36).flatMap { start in
          four.floats[start..<start + 36] + Array(repeating: 0, count: 5 * 9)
        }
        file.tensors[key] = Tensor(rows, shape: [32, 9, 3, 3])
      }
    ) { path in
      let file = try CheckpointFile(path: path)
      #expect(file.pipelineClass == "StableDiffusionInpaintPipeline")
      #expect(try file.component("unet").config().integer("in_channels") == 9)
      #expect(try ModelInspection(path: path).problems.isEmpty)
      // The other five see nothing, so their input does not matter.
      let (inputs, output) = (Fixtures.temporary("in.safetensors"), Fixtures.temporary("out.safetensors"))
      defer { for file in [inputs, output] { try? FileManager.default.removeItem(atPath: file) } }
      let results = try Self.results()
      let sample = try results.tensor("sd1.input.sample").floats + Array(repeating: 3, count: 5 * 64)
      try TensorFile([
        "sample": Tensor(sample, shape: [1, 9, 8, 8]), "timestep": results.tensor("sd1.input.timestep"),
        "encoder_hidden_states": results.tensor("sd1.input.encoder_hidden_states"),
      ]).write(to: inputs)
      try ModelComponent.unet.run(in: path, inputs: inputs, output: output)
      let found = try #require(try TensorFile(path: output).tensors["sample"])
      #expect(relativeDistance(found, try results.tensor("sd1.unet")) < 1e-5)
    }
  }

  @Test func `A configuration named on the command line holds`() throws {
    let folder = Fixtures.temporary("config")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try ModelConversion(path: Self.path("sd1"), options: Self.options()).write(to: folder)
    let config = "\(folder)/unet/config.json"
    let text = try String(contentsOfFile: config, encoding: .utf8)
    try text.replacingOccurrences(of: "\"attention_head_dim\": 8", with: "\"attention_head_dim\": 4")
      .write(toFile: config, atomically: true, encoding: .utf8)
    var options = ModelOptions()
    options.config = folder
    let model = try DiffusionModel(path: Self.path("sd1"), options: options, dtype: .float32)
    guard let configuration = model.files.denoiser as? UNet2DConditionConfiguration else { throw Unexpected() }
    #expect(configuration.attentionHeadDim == [4])
    // Its tokenizer too.
    #expect(try model.promptEncoder().tokenizer.vocabularyCount > 0)
    #expect(throws: RequestError.self) { try openModel(folder, options) }
    options.config = "/nowhere"
    #expect(throws: ModelFolderError.notAFolder(path: "/nowhere")) { try openModel(Self.path("sd1"), options) }
  }

  @Test func `A tokenizer has to be named, and a file that is no model says what it is`() throws {
    let path = Self.path("sd1")
    let error = #expect(throws: CheckpointError.noTokenizer(file: path)) {
      try LocalTokenizer.$environment.withValue([:]) { try DiffusionModel(path: path, dtype: .float32).load() }
    }
    #expect(error?.description.contains("`tokenizer` DIR") == true)
    let other = #expect(throws: CheckpointError.self) { try DiffusionModel(path: Fixtures.path("runs.safetensors")) }
    #expect(other?.description.contains("encoder states of a prompt, not a model") == true)
    #expect(throws: TensorFileError.self) { try DiffusionModel(path: Fixtures.path("runs.json")) }
  }

  private struct Unexpected: Error {}
}
