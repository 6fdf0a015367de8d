import Foundation
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

struct DiffusionModelTests {
  @Test func `A model's defaults come from its kind, and from its own file where it has one`() throws {
    let image = try DiffusionModel(folder: Fixtures.path("tiny-image")).defaults
    #expect(image.steps == 25 && image.guidanceScale == 7.5 && image.frames == 1)
    #expect(image.width == 32 && image.height == 32 && image.scale == 4)
    let video = try DiffusionModel(folder: Fixtures.path("tiny-video")).defaults
    #expect(video.steps == 3 && video.guidanceScale == 5.5 && video.frames == 4 && video.fps == "6" && video.scale == 2)
  }

  @Test func `Resolving fills in everything, and keeps what was asked for`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-video"), dtype: .float32)
    var request = GenerationRequest(prompt: "x")
    request.steps = 7
    let resolved = try model.resolve(request)
    #expect(resolved.steps == 7 && resolved.frames == 4 && resolved.sampler == .ddim && resolved.dtype == .float32)
    #expect(try model.resolve(resolved) == resolved)
  }

  @Test(arguments: [
    (
      "width", 30,
      "width is 30; expected a multiple of 4, which is what this model's autoencoder works on, such as 28 or 32."
    ),
    (
      "height", 1,
      "height is 1; expected a multiple of 4, which is what this model's autoencoder works on, such as 4 or 8."
    ),
    ("frames", 2, "frames is 2; expected 1, because MODEL makes pictures; use a video model for more."),
  ])
  func `A size that the model cannot make is refused with one that it can`(
    _ field: String, _ value: Int, _ words: String
  )
    throws
  {
    let path = Fixtures.path("tiny-image")
    let model = try DiffusionModel(folder: path)
    var request = GenerationRequest()
    switch field {
    case "width": request.width = value
    case "height": request.height = value
    default: request.frames = value
    }
    let error = #expect(throws: RequestError.self) { try model.resolve(request) }
    #expect(error?.description == words.replacingOccurrences(of: "MODEL", with: path))
  }

  @Test func `A folder that is not there, a file, and a folder without a model each have their error`() throws {
    #expect(throws: ModelError.unreadable(path: "/nowhere", reason: "No such file or directory")) {
      try DiffusionModel(folder: "/nowhere")
    }
    let file = Fixtures.path("runs.json")
    #expect(throws: ModelError.notAFolder(path: file)) { try DiffusionModel(folder: file) }
    #expect(throws: ModelFolderError.noIndex(folder: Fixtures.path(""))) {
      try DiffusionModel(folder: Fixtures.path(""))
    }
  }

  @Test func `Parts that do not belong together are refused before any weight is read`() throws {
    let path = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try edit("\(path)/unet/config.json", "\"cross_attention_dim\": 32", "\"cross_attention_dim\": 64")
    #expect(
      throws: ModelError.mismatch(
        path: path, one: "unet/config.json is told text states of width 64",
        other: "those of text_encoder/config.json have 32")
    ) { try DiffusionModel(folder: path) }
  }

  @Test func `A pipeline of an unknown class is named`() throws {
    let path = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try edit("\(path)/model_index.json", "StableDiffusionPipeline", "StableDiffusionXLPipeline")
    let error = #expect(throws: ModelError.self) { try DiffusionModel(folder: path) }
    #expect(error?.description.contains("StableDiffusionXLPipeline") == true)
  }

  @Test func `NaN in a weight is found before sampling, and named`() throws {
    let path = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = "\(path)/unet/diffusion_pytorch_model.safetensors"
    var weights = try TensorFile(path: file)
    var values = try #require(weights.tensors["conv_in.weight"]).floats
    values[5] = .nan
    weights.tensors["conv_in.weight"] = Tensor(values, shape: [8, 4, 3, 3])
    try weights.write(to: file)
    let error = #expect(throws: WeightMismatch.self) { try DiffusionModel(folder: path, dtype: .float32).load() }
    #expect(error?.problems.notFinite == ["conv_in.weight"])
  }

  @Test func `All missing and misshapen tensors are listed at once`() throws {
    let path = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = "\(path)/vae/diffusion_pytorch_model.safetensors"
    var weights = try TensorFile(path: file)
    weights.tensors["decoder.conv_in.bias"] = nil
    weights.tensors["quant_conv.bias"] = .zeros([9])
    weights.tensors["stranger"] = .zeros([1])
    try weights.write(to: file)
    let error = #expect(throws: WeightMismatch.self) { try DiffusionModel(folder: path).load() }
    #expect(error?.problems.missing == ["decoder.conv_in.bias"])
    #expect(error?.problems.misshapen.map(\.name) == ["quant_conv.bias"])
    #expect(error?.problems.unused == ["stranger"])
  }

  @Test func `A model's identity follows its weights, not its place`() throws {
    let path = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let original = try DiffusionModel(folder: Fixtures.path("tiny-image")).identity()
    #expect(original.name == "tiny-image")
    #expect(try DiffusionModel(folder: path).identity().hash == original.hash)

    let file = "\(path)/unet/diffusion_pytorch_model.safetensors"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(fileURLWithPath: file))
    #expect(try DiffusionModel(folder: path).identity().hash != original.hash)
  }

  private func edit(_ path: String, _ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try #require(text.contains(old))
    try text.replacingOccurrences(of: old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
  }
}
