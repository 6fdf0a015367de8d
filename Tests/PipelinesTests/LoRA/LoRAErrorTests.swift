import Foundation
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// LoRAs that cannot be used.
struct LoRAErrorTests {
  /// The error's words on a file of these tensors on the tiny model.
  private func words(
    _ tensors: [String: Tensor], weight: Double? = nil, metadata: [String: String] = [:]
  ) throws -> String {
    let file = Fixtures.temporary("lora.safetensors")
    defer { try? FileManager.default.removeItem(atPath: file) }
    try TensorFile(tensors, metadata: metadata).write(to: file)
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var request = GenerationRequest(prompt: "x")
    request.loras = [FileReference(path: file, weight: weight)]
    do {
      _ = try model.resolve(request)
      return "nothing"
    } catch {
      return "\(error)".replacingOccurrences(of: file, with: "FILE")
    }
  }

  private let layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"

  private func pair(_ layer: String, inputs: Int = 32, outputs: Int = 8, rank: Int = 2) -> [String: Tensor] {
    [
      "\(layer).lora_down.weight": noise([rank, inputs], seed: 1),
      "\(layer).lora_up.weight": noise([outputs, rank], seed: 2),
    ]
  }

  @Test func `One that fits is taken`() throws {
    #expect(try words(pair(layer)) == "nothing")
  }

  @Test func `Every layer of another architecture is named, with both sizes`() throws {
    let tensors = pair(layer, inputs: 768).merging(pair("lora_te2_text_model_encoder_layers_0_mlp_fc1")) { $1 }
    let text = try words(tensors)
    #expect(
      text == """
        FILE does not fit \(Fixtures.path("tiny-image")): 2 of its 2 layers do not match.
          not in the model (1):
            lora_te2_text_model_encoder_layers_0_mlp_fc1
          of another size (1):
            \(layer): the model's is [8, 32], it is for [8, 768]
        It was made for another architecture, by its names Stable Diffusion XL. Nothing of it was used.
        """)
  }

  @Test func `Very many layers are counted`() throws {
    var tensors: [String: Tensor] = [:]
    for index in 0..<40 { tensors.merge(pair("lora_unet_nothing_\(index)")) { $1 } }
    let text = try words(tensors)
    #expect(text.contains("40 of its 40 layers"))
    #expect(text.contains("… and 16 more"))
  }

  @Test func `What is missing, or is no LoRA, is said`() throws {
    var tensors = pair(layer)
    tensors["\(layer).lora_up.weight"] = nil
    #expect(
      try words(tensors) == "FILE: \(layer) has only \(layer).lora_down.weight. The file is damaged.")
    #expect(try words(["x": noise([2, 2], seed: 1)]).contains("A LoRA has tensors named lora_down and lora_up"))
    tensors = pair(layer)
    tensors["\(layer).lora_up.weight"] = noise([8, 3], seed: 1)
    #expect(try words(tensors).contains("has matrices of the ranks 2 and 3"))
    tensors = pair(layer)
    tensors["\(layer).alpha"] = noise([2], seed: 1)
    #expect(try words(tensors).contains("has 2 numbers as its alpha"))
  }

  @Test func `What a training left over is passed over`() throws {
    let left: [[String: Tensor]] = [
      ["bundle_emb.word.string_to_param.*": noise([2, 32], seed: 1)], ["lora_unet_gone.alpha": noise([1], seed: 1)],
      ["lora_te_text_model_gone.alpha": noise([1], seed: 1)], pair("lora_unet_gone", rank: 0),
    ]
    for more in left { #expect(try words(pair(layer).merging(more) { $1 }) == "nothing", "\(more.keys)") }
  }

  @Test func `Other adapters are called by their names`() throws {
    let kinds = [("dora_scale", "a DoRA"), ("hada_w1_a", "a LoHa"), ("lokr_w1", "a LoKr"), ("diff", "a LyCORIS")]
    for (ending, name) in kinds {
      let text = try words(pair(layer).merging(["\(layer).\(ending)": noise([2], seed: 1)]) { $1 })
      #expect(text.hasPrefix("FILE is \(name)"), "\(text)")
    }
    let peft = ["lora_adapter_metadata": "{\"unet.use_dora\": true}"]
    #expect(try words(pair(layer), metadata: peft).hasPrefix("FILE is a DoRA"))
    #expect(try words(pair(layer).merging(["other": noise([2], seed: 1)]) { $1 }).contains("1 other tensors (other)"))
  }

  @Test func `A weight must be a number, and the file what it was`() throws {
    #expect(try words(pair(layer), weight: .nan) == "loras is weighted nan; expected a finite weight.")
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var request = GenerationRequest(prompt: "x")
    request.loras = [FileReference(path: Fixtures.path("loras/tucker.safetensors"))]
    request = try model.resolve(request)
    request.loras[0].sha256 = String(repeating: "0", count: 64)
    #expect(throws: ModelError.self) { try model.resolve(request) }
  }

  @Test func `A LoRA with a number that is none is found while it is merged`() throws {
    var tensors = pair(layer)
    tensors["\(layer).lora_up.weight"] = Tensor(repeating: .nan, shape: [8, 2])
    let file = Fixtures.temporary("lora.safetensors")
    defer { try? FileManager.default.removeItem(atPath: file) }
    try TensorFile(tensors).write(to: file)
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var request = GenerationRequest(prompt: "x")
    request.loras = [FileReference(path: file)]
    #expect(throws: WeightMismatch.self) { try model.load(for: request) }
  }
}
