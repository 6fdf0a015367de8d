import Foundation
import NegativeSpaceConfiguration
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Text encoders that lie alone.
struct TextEncoderTests {
  private static let prompt = "a red apple spinning on a yellow background"
  private static let folder = Fixtures.path("tiny-image/text_encoder")
  private static let openCLIP = Fixtures.path("modelscope/open_clip_pytorch_model.bin")

  private static var options: ModelOptions {
    var options = ModelOptions()
    options.tokenizer = Fixtures.path("tiny-image/tokenizer")
    return options
  }

  private func embedding(_ path: String, _ options: ModelOptions = options, clipSkip: Int = 1) throws -> TensorFile {
    let folder = try TemporaryFolder()
    let file = folder.path("embedding.safetensors")
    try PromptEmbedding(of: Self.prompt, by: TextEncoder(path: path, options: options), clipSkip: clipSkip)
      .write(to: file)
    return try TensorFile(path: file)
  }

  /// transformers' states: Fixtures/make_pipelines.py.
  @Test(arguments: ["", "/model.safetensors"])
  func `Folder and file of transformers' give its states, with the tokenizer beside`(_ name: String) throws {
    let states = try #require(try embedding(Self.folder + name, ModelOptions()).tensors["prompt_embeds"])
    let expected = try Fixtures.tensors().tensor("component.text_encoder.last_hidden_state")
    #expect(relativeDistance(states, expected) < 1e-5)
  }

  /// The model's own states are compared with diffusers' in VideoLayoutTests.
  @Test func `OpenCLIP's penultimate states are those that its video model is told`() throws {
    let model = try embedding(Fixtures.path("modelscope"))
    let alone = try embedding(Self.openCLIP, clipSkip: 2)
    #expect(alone.integers["input_ids"] == model.integers["input_ids"])
    #expect(alone.tensors["prompt_embeds"]?.floats == model.tensors["prompt_embeds"]?.floats)
    #expect(try embedding(Self.openCLIP).tensors["prompt_embeds"]?.floats != model.tensors["prompt_embeds"]?.floats)
  }

  @Test func `What no shape tells is read from beside the file or asked for`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("clip.safetensors")
    try FileManager.default.copyItem(atPath: Self.folder + "/model.safetensors", toPath: file)
    #expect(throws: CheckpointError.undecidable(file: file, what: "how many heads the text encoder's attention has")) {
      try TextEncoder(path: file, options: Self.options)
    }
    var configured = Self.options
    configured.config = Fixtures.path("tiny-image")
    let expected = try embedding(Self.folder).tensors["prompt_embeds"]?.floats
    #expect(try embedding(file, configured).tensors["prompt_embeds"]?.floats == expected)
    try FileManager.default.copyItem(atPath: Self.folder + "/config.json", toPath: folder.path("config.json"))
    #expect(try embedding(file).tensors["prompt_embeds"]?.floats == expected)
    #expect(throws: CheckpointError.noTokenizer(file: file)) {
      _ = try LocalTokenizer.$environment.withValue([:]) { try TextEncoder(path: file) }
    }
    // CLIP's on this machine is taken, here a stand-in for it.
    let data = folder.path("data")
    let place = data + "/negspace/clip-tokenizer"
    try FileManager.default.createDirectory(atPath: data + "/negspace", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Fixtures.path("tiny-image/tokenizer"), toPath: place)
    let found = try LocalTokenizer.$environment.withValue(["XDG_DATA_HOME": data]) {
      try embedding(file, ModelOptions()).tensors["prompt_embeds"]?.floats
    }
    #expect(found == expected)
  }

  @Test func `open_clip's configuration beside a file tells the activation`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("open_clip_pytorch_model.bin")
    try FileManager.default.copyItem(atPath: Self.openCLIP, toPath: file)
    func activation() throws -> String? {
      try TextEncoderFile(openTensorFile(file))?.config().string("hidden_act", default: "none")
    }
    #expect(try activation() == "gelu")
    try Data(#"{"model_cfg": {"quick_gelu": true, "text_cfg": {"heads": 4}}}"#.utf8)
      .write(to: folder.url.appending(path: "open_clip_config.json"))
    #expect(try activation() == "quick_gelu")
    #expect(try TextEncoderFile(openTensorFile(file))?.config().integer("num_attention_heads", default: 0) == 4)
  }
}
