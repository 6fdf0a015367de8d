import Foundation
import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// LoRAs in all their forms against diffusers, which merged the same files.
///
/// Made with: python Tests/PipelinesTests/Fixtures/make_loras.py (torch 2.15, diffusers 0.42.1, peft 0.21.2).
struct LoRATests {
  private static let prompt = "a red apple spinning on a yellow background"

  private func path(_ name: String) -> String { Fixtures.path("loras/\(name)") }

  private func expected() throws -> FixtureFile {
    try FixtureFile(URL(fileURLWithPath: Fixtures.path("loras.safetensors")))
  }

  /// A request that names LoRAs.
  private func request(_ loras: [FileReference]) -> GenerationRequest {
    var request = GenerationRequest(prompt: Self.prompt)
    request.loras = loras
    return request
  }

  /// The tiny model without any.
  private func model(dtype: ComputeType = .float32) throws -> DiffusionModel {
    try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: dtype)
  }

  /// Output of the denoiser with LoRAs for the fixture's inputs.
  private func output(_ model: DiffusionModel, _ loras: [FileReference]) throws -> Tensor {
    let unet = try model.denoiser(request(loras))
    let file = try expected()
    let sample = try file.tensor("sample")
    let output = unet(
      Tensor(channelsFirst: sample.floats, shape: sample.shape), timesteps: [501, 21], text: try file.tensor("text"))
    let (values, shape) = output.channelsFirst
    return Tensor(values, shape: shape)
  }

  private func states(_ model: DiffusionModel, _ loras: [FileReference]) throws -> Tensor {
    try model.promptEncoder(request(loras)).encode(Self.prompt).states
  }

  @Test(arguments: [("kohya.safetensors", 0.75), ("peft.safetensors", 1), ("processor.bin", -0.5)])
  func `Both networks compute what diffusers computes with the file merged`(_ name: String, _ scale: Double) throws {
    let (model, loras) = (try model(), [FileReference(path: path(name), weight: scale)])
    let (file, stem) = (try expected(), String(name.prefix { $0 != "." }))
    let distances = (
      relativeDistance(try output(model, loras), try file.tensor("\(stem).unet")),
      relativeDistance(try states(model, loras), try file.tensor("\(stem).states"))
    )
    #expect(distances.0 < 1e-5 && distances.1 < 1e-5, "\(name) is \(distances) away")
  }

  @Test func `Without a LoRA, and after one, the model is itself`() throws {
    let file = try expected()
    let (model, loras) = (try model(), [FileReference(path: path("kohya.safetensors"))])
    #expect(relativeDistance(try output(model, loras), try file.tensor("plain.unet")) > 0.1)
    #expect(relativeDistance(try output(model, []), try file.tensor("plain.unet")) < 1e-5)
    #expect(relativeDistance(try states(model, []), try file.tensor("plain.states")) < 1e-5)
  }

  @Test func `Names of the original code lead to the same layers`() throws {
    let (model, loras) = (try model(), [FileReference(path: path("kohya_ldm.safetensors"), weight: 0.75)])
    let file = try expected()
    #expect(relativeDistance(try output(model, loras), try file.tensor("kohya.unet")) < 1e-5)
    #expect(relativeDistance(try states(model, loras), try file.tensor("plain.states")) < 1e-5)
  }

  @Test(arguments: ["sd1.ckpt", "sd2.ckpt"])
  func `Every layer of a single file is reached under its own name and under diffusers'`(_ name: String) throws {
    let checkpoint = try CheckpointFile(path: Fixtures.path("checkpoints/\(name)"))
    var files: [[String: Tensor]] = [[:], [:]]
    for (part, beginning) in [("unet", "lora_unet_"), ("text_encoder", "lora_te_")] {
      for reader in try checkpoint.component(part).readers() {
        for (key, entry) in reader.entries where entry.shape.count > 1 && key.hasSuffix(".weight") {
          let own = reader.spelling(of: key).replacingOccurrences(of: "model.diffusion_model.", with: "")
          for (index, layer) in [part == "unet" ? own : key, key].enumerated() {
            let stem = beginning + layer.dropLast(".weight".count).replacingOccurrences(of: ".", with: "_")
            let kernel = Array(entry.shape.dropFirst(2))
            files[index][stem + ".lora_down.weight"] = noise([1, entry.shape[1]] + kernel, seed: 1) * 0.1
            files[index][stem + ".lora_up.weight"] = noise([entry.shape[0], 1] + kernel.map { _ in 1 }, seed: 2)
          }
        }
      }
    }
    var options = ModelOptions()
    options.tokenizer = Fixtures.path("tiny-image/tokenizer")
    let outputs = try files.map { tensors in
      let file = Fixtures.temporary("lora.safetensors")
      defer { try? FileManager.default.removeItem(atPath: file) }
      try TensorFile(tensors).write(to: file)
      let model = try DiffusionModel(path: checkpoint.path, options: options, dtype: .float32)
      let loras = [FileReference(path: file)]
      let states = try states(model, loras)
      let unet = try model.denoiser(request(loras))
      return unet(noise([1, 8, 8, 4], seed: 3), timesteps: [21], text: states).floats
    }
    #expect(outputs[0] == outputs[1])
    #expect(!outputs[0].isEmpty && outputs[0].allSatisfy(\.isFinite))
  }

  @Test func `A convolution in three parts is what PyTorch computes with them one behind the other`() throws {
    let loras = [FileReference(path: path("tucker.safetensors"))]
    #expect(relativeDistance(try output(model(), loras), try expected().tensor("tucker.unet")) < 1e-5)
  }

  @Test(arguments: ["unet.", "unet.=base_model.model.", ".processor=", ".weight=.default.weight"])
  func `Other spellings of the same file give the same`(_ change: String) throws {
    let parts = change.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    let source = change.contains(".weight") ? "peft.safetensors" : "processor.bin"
    var tensors: [String: Tensor] = [:]
    let reader = try openTensorFile(path(source))
    for name in reader.entries.keys where name.hasPrefix("unet.") {
      let isPlain = change.contains(".weight") && !name.contains("lora_A") && !name.contains("lora_B")
      let new = isPlain ? name : name.replacingOccurrences(of: parts[0], with: parts.count > 1 ? parts[1] : "")
      tensors[new] = try reader.tensor(name, as: .float32)
    }
    let (file, plain) = (Fixtures.temporary("lora.safetensors"), Fixtures.temporary("plain.safetensors"))
    defer { for file in [file, plain] { try? FileManager.default.removeItem(atPath: file) } }
    try TensorFile(tensors, metadata: reader.metadata).write(to: file)
    let found = try output(model(), [FileReference(path: file)])
    let reference = try output(model(), [FileReference(path: path(source))])
    #expect(found.floats == reference.floats)
  }

  @Test func `In bfloat16 it is merged before it is rounded`() throws {
    let reference = FileReference(path: path("kohya.safetensors"), weight: 0.75)
    let distance = relativeDistance(
      try output(model(dtype: .bfloat16), [reference]), try expected().tensor("kohya.unet"))
    #expect(distance < 2e-2, "\(distance) away")
  }

  @Test func `A LoRA on the text encoder makes another text space, one on the denoiser alone does not`() throws {
    let model = try model()
    let own = try model.textSpace()
    let space = try model.textSpace(
      for: request([FileReference(path: path("kohya.safetensors"), weight: 0.75)]))
    guard case .same = own.closeness(to: space) else {
      #expect(space.name == "tiny-image + kohya.safetensors:0.75")
      #expect(try model.textSpace(for: request([FileReference(path: path("kohya_ldm.safetensors"))])) == own)
      #expect(try model.textSpace() == own)
      return
    }
    Issue.record("the space with a LoRA is \(own.closeness(to: space))")
  }

  // MARK: Whole runs

  @Test(arguments: [0, 1])
  func `The final latents are those of diffusers, and their settings make them again`(_ index: Int) throws {
    struct Named: Decodable { let name: String }
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("loras.json")))
    let name = try JSONDecoder().decode([Named].self, from: data)[index].name
    var request = try JSONDecoder().decode([GenerationRequest].self, from: data)[index]
    request.loras = request.loras.map { FileReference(path: path($0.path), weight: $0.weight) }
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var final: Latents?
    let result = try model.generate(request, report: { if case .latents(let latents) = $0 { final = latents } }) { _ in
    }
    let latents = try #require(final)
    let distance = relativeDistance(
      Tensor(latents.values, shape: latents.shape), try expected().tensor("\(name).latents"))
    #expect(distance < 1e-4, "\(name) is \(distance) away")

    let read = try JSONDecoder().decode(GenerationRequest.self, from: JSONEncoder().encode(result.request))
    #expect(read.loras.allSatisfy { $0.sha256?.count == 64 })
    let again = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    #expect(try again.generate(read) { _ in }.pixelsSHA256 == result.pixelsSHA256)
  }
}
