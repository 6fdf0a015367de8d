import Foundation
import NegativeSpacePipelines
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

struct ModelInspectionTests {
  /// Counted by PyTorch, in Fixtures/make_pipelines.py.
  @Test(arguments: ["tiny-image", "tiny-video"])
  func `Parameters are counted as PyTorch counts them`(_ model: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("models.json")))
    let counts = try #require(JSONDecoder().decode([String: [String: Int]].self, from: data)[model])
    let inspection = try ModelInspection(path: Fixtures.path(model))
    for part in inspection.parts where part.parameters != nil {
      #expect(part.parameters == counts[part.name], "\(part.name)")
      #expect(part.dtypes == ["F32"])
    }
    #expect(inspection.parameters == counts.values.reduce(0, +))
    #expect(inspection.textWidth == 32 && inspection.factor == 4)
    #expect(inspection.kind == (model == "tiny-image" ? .image : .video))
    #expect(inspection.problems.isEmpty)
  }

  @Test func `What is wrong with a part is said, and the others are still looked at`() throws {
    let path = try Fixtures.copy(of: "tiny-image")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FileManager.default.removeItem(atPath: "\(path)/unet/diffusion_pytorch_model.safetensors")
    let inspection = try ModelInspection(path: path)
    #expect(inspection.problems.count == 1)
    #expect(inspection.problems.first?.hasPrefix("unet: \(path)/unet holds no weights") == true)
    #expect(inspection.parts.first { $0.name == "vae" }?.parameters == 48479)
  }

  /// Counted by PyTorch, in Fixtures/make_pipelines.py.
  @Test(arguments: [
    ("text_encoder", "CLIPTextModel"), ("text_encoder/model.safetensors", "CLIPTextModel"), ("vae", "AutoencoderKL"),
    ("unet", "UNet2DConditionModel"),
  ])
  func `A network alone is named and counted`(_ name: String, _ className: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("models.json")))
    let counts = try #require(JSONDecoder().decode([String: [String: Int]].self, from: data)["tiny-image"])
    let inspection = try ModelInspection(path: Fixtures.path("tiny-image/\(name)"))
    #expect(inspection.className == className && inspection.kind == nil && inspection.problems == [])
    let part = try #require(inspection.parts.first)
    #expect(part.name == name.prefix { $0 != "/" } && part.parameters == counts[part.name])
  }

  @Test(arguments: [
    ("tiny-controlnet", "ControlNetModel"), ("checkpoints/control.pth", "ControlNetModel"),
    ("tiny-taesd", "AutoencoderTiny"), ("tiny-taesd/diffusion_pytorch_model.safetensors", "AutoencoderTiny"),
    ("modelscope/open_clip_pytorch_model.bin", "CLIPTextModel"),
    ("modelscope/VQGAN_autoencoder.pth", "AutoencoderKL"),
  ])
  func `Other networks alone are told by their configuration or their names`(_ name: String, _ className: String) throws
  {
    let inspection = try ModelInspection(path: Fixtures.path(name))
    #expect(inspection.className == className && inspection.problems == [])
  }

  @Test(arguments: [
    ("kohya.safetensors", ["unet", "text_encoder"], "83 layers of rank 2 to 3"),
    ("peft.safetensors", ["unet", "text_encoder"], "40 layers of rank 4"),
    ("motion.ckpt", ["motion_adapter"], "56 layers of rank 2"),
  ])
  func `A LoRA is told by its layers`(_ name: String, _ networks: [String], _ words: String) throws {
    let path = Fixtures.path("loras/\(name)")
    let inspection = try ModelInspection(path: path)
    #expect(inspection.className == "LoRA" && !inspection.isWhole && inspection.problems == [])
    #expect(inspection.parts.map(\.name) == networks && inspection.notes[0].contains(words))
    let file = try openTensorFile(path)
    let matrices = file.entries.filter { !$0.key.hasSuffix("alpha") }.values
    #expect(inspection.parameters == matrices.reduce(0) { $0 + $1.count })
  }

  @Test func `What a network alone lacks is said`() throws {
    let folder = try TemporaryFolder()
    var file = try TensorFile(path: Fixtures.path("modelscope/open_clip_pytorch_model.bin"))
    file.tensors["ln_final.bias"] = nil
    try file.write(to: folder.path("clip.safetensors"))
    #expect(
      try ModelInspection(path: folder.path("clip.safetensors")).problems
        == ["text_encoder: missing text_model.final_layer_norm.bias"])
  }
}
