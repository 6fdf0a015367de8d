import Foundation
import NegativeSpaceKernels
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// PEFT's `adapter_config.json` beside its tensors.
struct LoRAConfigurationTests {
  private static let layer = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"

  /// A folder as PEFT saves it, with a product of rank 4.
  private func withFolder<Result>(
    _ config: String, beginning: String = "base_model.model.", file: String = "adapter_model.safetensors",
    _ body: (String) throws -> Result
  ) throws -> Result {
    let folder = Fixtures.temporary("peft")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let tensors = [
      "\(beginning)\(Self.layer).lora_A.weight": noise([4, 32], seed: 1),
      "\(beginning)\(Self.layer).lora_B.weight": noise([8, 4], seed: 2),
    ]
    try TensorFile(tensors).write(to: "\(folder)/\(file)")
    try Data(config.utf8).write(to: URL(fileURLWithPath: "\(folder)/adapter_config.json"))
    return try body(folder)
  }

  /// How many times the product itself is added.
  private func factor(_ path: String) throws -> Float {
    let key = "\(Self.layer).weight"
    let model = Fixtures.temporary("model.safetensors")
    defer { try? FileManager.default.removeItem(atPath: model) }
    try TensorFile([key: Tensor.zeros([8, 32])]).write(to: model)
    let reader = try openTensorFile(model)
    var merge = LoRAMerge([.denoiser: [reader]])
    try merge.add(LoRAFile(path: path), scale: 1, to: "model")
    let added = try merge.merged([reader], of: .denoiser)[0].tensor(key, as: .float32)
    let product = noise([8, 4], seed: 2).matmul(noise([4, 32], seed: 1))
    return added.floats[0] / product.floats[0]
  }

  private func expect(_ path: String, _ expected: Float) throws {
    let found = try factor(path)
    #expect(abs(found - expected) < 1e-4, "\(found)")
  }

  @Test(arguments: [
    (#"{"lora_alpha": 16, "r": 4}"#, 4),
    (#"{"lora_alpha": 16, "r": 8, "rank_pattern": {"to_k": 4}, "peft_type": "LORA"}"#, 4),
    (#"{"lora_alpha": 4, "use_rslora": true}"#, 2),
    (#"{"lora_alpha": 4, "alpha_pattern": {"to_q": 40, "attn2.to_k": 8}}"#, 2),
    (#"{"lora_alpha": 4, "alpha_pattern": {"down_blocks.*attn2.to_[kv]": 12}}"#, 3),
    (#"{"lora_alpha": 4, "alpha_pattern": {"^attn2.to_k": 12}}"#, 1), (#"{"r": 4}"#, 2),
    // The first pattern that matches, whatever its length; without lora_alpha PEFT's 8.
    (#"{"alpha_pattern": {"to_k": 16, "attn2.to_k": 2}}"#, 4),
    (#"{"alpha_pattern": {"attn2.to_k": 2, "to_k": 16}}"#, 0.5),
  ])
  func `Factors are PEFT's`(_ config: String, _ expected: Float) throws {
    try withFolder(config) { folder in
      try expect(folder + "/adapter_model.safetensors", expected)
      try expect(folder, expected)
    }
  }

  @Test func `Another program's file in the same folder has nothing to do with it`() throws {
    let config = #"{"lora_alpha": 16, "r": 4}"#
    try withFolder(config, beginning: "unet.", file: "mine.safetensors") {
      try expect($0 + "/mine.safetensors", 1)
    }
    try withFolder(config, file: "renamed.safetensors") {
      try expect($0 + "/renamed.safetensors", 4)
    }
  }

  @Test(arguments: [
    (#"{"lora_alpha": 4, "use_dora": true}"#, "a DoRA (use_dora)"), (#"{"peft_type": "LOHA"}"#, "a LoHa (peft_type)"),
    (#"{"peft_type": "LOKR"}"#, "a LoKr (peft_type)"),
    (#"{"lora_alpha": 4, "init_lora_weights": "pissa_niter_4"}"#, "a LoRA on weights that pissa_niter_4 has changed"),
  ])
  func `What is more than a LoRA is refused by its name`(_ config: String, _ words: String) throws {
    try withFolder(config) { folder in
      let error = #expect(throws: LoRAError.self) { try LoRAFile(path: folder) }
      let text = "\(try #require(error))"
      #expect(text.hasPrefix("\(folder)/adapter_config.json is \(words)"))
    }
  }

  @Test func `A request remembers both files`() throws {
    try withFolder(#"{"lora_alpha": 16, "r": 4}"#) { folder in
      func resolved(_ request: GenerationRequest) throws -> GenerationRequest {
        try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32).resolve(request)
      }
      var request = GenerationRequest(prompt: "x")
      request.loras = [FileReference(path: folder)]
      request = try resolved(request)
      #expect(try resolved(request) == request)
      try Data(#"{"lora_alpha": 8, "r": 4}"#.utf8).write(to: URL(fileURLWithPath: folder + "/adapter_config.json"))
      #expect(throws: ModelError.self) { try resolved(request) }
    }
  }
}
