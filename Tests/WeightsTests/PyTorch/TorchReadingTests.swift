import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceWeights
import Testing

/// Files of torch.save: Fixtures/make_torch.py.
@Suite("Reading PyTorch's files")
struct TorchReadingTests {
  private struct Expected: Decodable {
    let shape: [Int]
    let floats: [String]
    let integers: [Int64]?
  }

  private func reader(_ name: String) throws -> any TensorReader {
    try openTensorFile(WeightsFixtures.path("torch/\(name)"))
  }

  @Test(
    "every element type and every view arrives as torch's float32 and int64, in both formats and all protocols",
    arguments: [("zip.pt", "zip"), ("legacy.pt", "legacy"), ("protocol4.pt", "legacy"), ("protocol5.pt", "legacy")])
  func types(name: String, kind: String) throws {
    let file = try reader(name)
    let data = try WeightsFixtures.data("torch/types.json")
    let expected = try #require(JSONDecoder().decode([String: [String: Expected]].self, from: data)[kind])
    #expect(Set(file.entries.keys) == Set(expected.keys))
    #expect(file.metadata["note"] == "ü 🍎" && file.metadata["step"] == "12")
    for (name, values) in expected {
      let tensor = try file.tensor(name, as: .float32)
      #expect(tensor.shape == values.shape, "\(name)")
      #expect(tensor.floats == values.floats.compactMap { Double($0) }.map { Float($0) }, "\(name)")
      if let integers = values.integers {
        #expect(try file.integers(name) == IntegerTensor(integers, shape: values.shape), "\(name)")
      } else {
        #expect(throws: TensorFileError.self) { try file.integers(name) }
      }
    }
  }

  @Test("types that are not known are left out and named")
  func foreignTypes() throws {
    #expect(
      try reader("zip.pt").notes == ["Tensors of types that are not known here: complex (torch.ComplexFloatStorage)."])
    #expect(try reader("legacy.pt").notes.isEmpty)
  }

  @Test("what is stored as wanted is borrowed from the file; tensors of one storage share its bytes")
  func borrowing() throws {
    let file = try reader("zip.pt")
    let (whole, part) = (try file.tensor("whole"), try file.tensor("offset"))
    #expect(part.pointer == whole.pointer + 20 * 4)
    #expect(try file.tensor("whole").pointer == whole.pointer)
    #expect(try file.tensor("bfloat16").dtype == .bfloat16)
  }

  @Test("of a training's checkpoint the state_dict is taken; the rest is named")
  func lightning() throws {
    let file = try reader("lightning.ckpt")
    #expect(file.entries.mapValues(\.shape) == ["model.weight": [1, 2], "model.bias": [1]])
    #expect(file.metadata == ["epoch": "3", "global_step": "875000", "pytorch-lightning_version": "1.4.2"])
    let notes = file.notes.joined(separator: "\n")
    for fact in [
      "callbacks", "optimizer_states", "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
      "pytorch_lightning.utilities.parsing.AttributeDict",
    ] { #expect(notes.contains(fact), "\(fact)") }
  }

  @Test("whole modules and textual inversions have their tensors under plain names")
  func objects() throws {
    let module = try reader("module.pt")
    #expect(
      Set(module.entries.keys) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked",
      ])
    #expect(try module.tensor("0.weight").floats == [0.5, 0.5])
    let embedding = try reader("embedding.pt")
    #expect(embedding.entries.mapValues(\.shape) == ["string_to_param.*": [2, 6]])
    #expect(embedding.metadata["name"] == "style" && embedding.metadata["step"] == "500")
  }

  @Test("a pickle that calls os.system does nothing, and says so", arguments: ["evil.bin", "evil_legacy.bin"])
  func evil(name: String) throws {
    let mark = "/tmp/negspace-pickle-was-run"
    try? FileManager.default.removeItem(atPath: mark)
    let file = try reader(name)
    #expect(try file.tensor("weight").floats == [1] && file.tensor("inside.1").floats == [2])
    #expect(file.notes == ["Classes that are not known here, and were not run: posix.system."])
    #expect(!FileManager.default.fileExists(atPath: mark))
  }

  @Test("a network's weights come from a pickle as from safetensors, whole or in shards")
  func folders() throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      let (one, two) = ("pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin")
      for (name, source) in [(one, "lightning.ckpt"), (two, "evil.bin"), ("alone.bin", "embedding.pt")] {
        try WeightsFixtures.write(WeightsFixtures.data("torch/\(source)"), to: "\(folder)/\(name)")
      }
      let index = JSONValue.object(["weight_map": .object(["model.weight": .string(one), "weight": .string(two)])])
      try WeightsFixtures.write(index.text(), to: folder + "/pytorch_model.bin.index.json")
      let component = try ComponentFolder(path: folder)
      let weights = try component.weights()
      #expect(try weights.tensor("model.weight", shape: [1, 2], role: .matrix, initial: .zeros).floats == [1, 2])
      #expect(try weights.tensor("weight", shape: [1], role: .vector, initial: .zeros).floats == [1])

      // As in diffusers: a full copy in either format comes before a variant.
      try TensorFile(["half": Tensor([1], shape: [1])]).write(to: folder + "/model.fp16.safetensors")
      #expect(try component.readers().count == 2)
      #expect(try ComponentFolder(path: folder, variant: "fp16").readers()[0].entries.keys.first == "half")
    }
  }
}
