import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

@Suite("Diffusers folders")
struct DiffusersFolderTests {
  private struct Expected: Decodable {
    let unet: Int
    let unet_tensors: [String]
  }

  private var expected: Expected {
    get throws { try JSONDecoder().decode(Expected.self, from: WeightsFixtures.data("pipeline/expected.json")) }
  }

  @Test("lists the parts that are there, with library and class")
  func index() throws {
    let folder = try DiffusersFolder(path: WeightsFixtures.path("pipeline"))
    #expect(folder.pipelineClass == "StableDiffusionPipeline")
    #expect(folder.components.keys.sorted() == ["scheduler", "text_encoder", "unet", "unet_half", "vae"])
    #expect(folder.components["text_encoder"]?.library == "transformers")
    #expect(folder.components["text_encoder"]?.name == "CLIPTextModel")
    #expect(try folder.index.bool("requires_safety_checker"))
    #expect(try folder.component("scheduler").config().integer("num_train_timesteps") == 1000)
    #expect(try folder.component("unet").config().integers("block_out_channels") == [4])
  }

  @Test("opens sharded, plain and fp16 weights", arguments: ["unet", "unet_half"])
  func weights(component: String) throws {
    let folder = try DiffusersFolder(path: WeightsFixtures.path("pipeline"))
    let readers = try folder.component(component).readers()
    #expect(readers.count == (component == "unet" ? 2 : 1))
    let entries = readers.reduce(into: [:]) { $0.merge($1.entries) { first, _ in first } }
    #expect(entries.keys.sorted() == (try expected.unet_tensors))
    #expect(entries.values.reduce(0) { $0 + $1.count } == (try expected.unet))
  }

  @Test("the shards and the fp16 copy hold the same network")
  func halves() throws {
    let folder = try DiffusersFolder(path: WeightsFixtures.path("pipeline"))
    let full = try folder.component("unet").weights()
    let half = try folder.component("unet_half").weights()
    let shape = [4, 2, 3, 3]
    let a = try full.tensor("conv_in.weight", shape: shape, role: .matrix, initial: .zeros).floats
    let b = try half.tensor("conv_in.weight", shape: shape, role: .matrix, initial: .zeros).floats
    // Half precision keeps 11 bits.
    #expect(zip(a, b).allSatisfy { abs($0 - $1) <= abs($0) / 2048 } && a != b)
  }

  @Test("a text encoder that transformers 5 saved without its prefix answers to the published names")
  func prefix() throws {
    let weights = try DiffusersFolder(path: WeightsFixtures.path("pipeline")).component("text_encoder").weights()
    let table = try weights.tensor(
      "text_model.embeddings.token_embedding.weight", shape: [20, 8], role: .matrix, initial: .zeros)
    #expect(table.floats.contains { $0 != 0 })
  }

  @Test("prefers the full copy unless the variant is asked for")
  func variants() throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      for name in ["model.safetensors", "model.fp16.safetensors"] {
        try TensorFile([name: Tensor([1], shape: [1])]).write(to: "\(folder)/\(name)")
      }
      let component = try ComponentFolder(path: folder)
      #expect(try component.readers()[0].entries.keys.first == "model.safetensors")
      #expect(
        try ComponentFolder(path: folder, variant: "fp16").readers()[0].entries.keys.first == "model.fp16.safetensors")
      #expect(try ComponentFolder(path: folder, variant: "bf16").readers()[0].entries.keys.first == "model.safetensors")
    }
  }

  @Test("folders that are none, and parts that are not there, are named")
  func missing() throws {
    #expect(throws: ModelFolderError.notAFolder(path: "/nowhere")) { try DiffusersFolder(path: "/nowhere") }
    #expect(throws: ModelFolderError.noIndex(folder: "/tmp")) { try DiffusersFolder(path: "/tmp") }
    let path = WeightsFixtures.path("pipeline")
    let folder = try DiffusersFolder(path: path)
    let parts = ["scheduler", "text_encoder", "unet", "unet_half", "vae"]
    #expect(throws: ModelFolderError.missingComponent(folder: path, name: "motion", available: parts)) {
      try folder.component("motion")
    }
    #expect(throws: ModelFolderError.notAFolder(path: path + "/vae")) { try folder.component("vae") }
    #expect {
      try folder.component("scheduler").readers()
    } throws: { error in
      guard case .noWeights(let folder, let names)? = error as? ModelFolderError else { return false }
      return folder == path + "/scheduler" && names.contains("diffusion_pytorch_model.safetensors")
    }
  }

  @Test("pickles that torch.save did not write are refused in words, not run")
  func pickles() throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      let pickle = Data([0x80, 2]) + Data("cos\nsystem\n(S'true'\ntR.".utf8)
      try WeightsFixtures.write(pickle, to: folder + "/pytorch_model.bin")
      #expect {
        try ComponentFolder(path: folder).readers()
      } throws: { error in
        guard case .unsupportedFormat(let file, _, let hint)? = error as? TensorFileError else { return false }
        return file == folder + "/pytorch_model.bin" && hint.contains("safetensors")
      }
    }
  }

  @Test(
    "names that lead out of the folder are refused",
    arguments: ["../other", "/etc", "..", "a/b", "", "a\u{0}b", "a\\b"])
  func traversal(name: String) throws {
    try WeightsFixtures.withPipelineCopy { folder in
      let index = JSONValue.object([name: .array([.string("diffusers"), .string("X")])]).text()
      try WeightsFixtures.write(index, to: folder + "/model_index.json")
      #expect(throws: ModelFolderError.unsafeName(file: folder + "/model_index.json", name: name)) {
        try DiffusersFolder(path: folder)
      }
      let shards = JSONValue.object(["weight_map": .object(["a": .string(name + ".safetensors")])]).text()
      let file = folder + "/unet/diffusion_pytorch_model.safetensors.index.json"
      try WeightsFixtures.write(shards, to: file)
      guard !["", ".."].contains(name) else { return }
      #expect(throws: ModelFolderError.unsafeName(file: file, name: name + ".safetensors")) {
        try ComponentFolder(path: folder + "/unet").readers()
      }
    }
  }

  @Test("shards that are missing or do not hold what the index says are named")
  func shards() throws {
    try WeightsFixtures.withPipelineCopy { folder in
      let component = try ComponentFolder(path: folder + "/unet")
      let file = folder + "/unet/diffusion_pytorch_model.safetensors.index.json"
      let (first, second) = (
        "diffusion_pytorch_model-00001-of-00002.safetensors", "diffusion_pytorch_model-00002-of-00002.safetensors"
      )
      let wrong = JSONValue.object(["weight_map": .object(["nothing": .string(first)])])
      try WeightsFixtures.write(wrong.text(), to: file)
      #expect(throws: ModelFolderError.misplacedTensor(file: file, tensor: "nothing", shard: first)) {
        try component.readers()
      }
      let two = JSONValue.object(["weight_map": .object(["a": .string(first), "b": .string(second)])])
      try WeightsFixtures.write(two.text(), to: file)
      try FileManager.default.removeItem(atPath: folder + "/unet/" + second)
      #expect(throws: ModelFolderError.missingShards(file: file, shards: [second])) { try component.readers() }
    }
  }

  @Test("an index of another form is refused")
  func malformed() throws {
    try WeightsFixtures.withPipelineCopy { folder in
      for text in [#"{"unet": ["diffusers"]}"#, #"{"unet": [1, 2]}"#, #"{"unet": ["a", null]}"#] {
        try WeightsFixtures.write(text, to: folder + "/model_index.json")
        #expect(throws: ModelFolderError.self) { try DiffusersFolder(path: folder) }
      }
      try WeightsFixtures.write(#"{"unet": "#, to: folder + "/model_index.json")
      #expect(throws: ConfigurationError.self) { try DiffusersFolder(path: folder) }
    }
  }
}
