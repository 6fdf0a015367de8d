import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Made with: python Tests/WeightsTests/Fixtures/make_gguf.py.
@Suite struct GGUFReadingTests {
  private static let types = WeightsFixtures.path("gguf/types.gguf")

  @Test func `Every type has ggml's numbers, bit for bit`() throws {
    let file = try openTensorFile(Self.types)
    let expected = try openTensorFile(WeightsFixtures.path("gguf/types.safetensors"))
    #expect(Set(file.entries.keys) == Set(expected.entries.keys))
    #expect(file.entries.count == 19)
    #expect(file.metadata["modelspec.prediction_type"] == "v")
    for (name, entry) in expected.entries {
      #expect(file.entries[name]?.shape == entry.shape, "\(name)")
      let (found, wanted) = (try file.tensor(name, as: .float32), try expected.tensor(name))
      #expect(found.floats.map(\.bitPattern) == wanted.floats.map(\.bitPattern), "\(name)")
      let (narrow, rounded) = (try file.tensor(name, as: .bfloat16), try expected.tensor(name, as: .bfloat16))
      #expect(narrow.floats.map(\.bitPattern) == rounded.floats.map(\.bitPattern), "\(name)")
    }
    #expect(try file.integers("int64").values == [-3, 0, 1, 2, 100, 7])
  }

  @Test(arguments: [ElementType?.none, .float32, .float16, .bfloat16])
  func `What is written of it is what was read`(_ type: ElementType?) throws {
    let shape = [2, 768]
    try WeightsFixtures.inTemporaryFolder { folder in
      func write(_ source: String) throws -> any TensorReader {
        let weights = try FileWeights([openTensorFile(WeightsFixtures.path(source))])
        _ = try weights.tensor("Q5_K", shape: shape, role: .matrix, initial: .zeros)
        try SafetensorsWriter.write(weights.found, as: type, to: folder + "/written")
        return try openTensorFile(folder + "/written")
      }
      let wanted = try write("gguf/types.safetensors").tensor("Q5_K").floats
      let found = try write("gguf/types.gguf")
      #expect(found.entries["Q5_K"]?.type == type ?? .float32)
      #expect(try found.tensor("Q5_K").floats == wanted)
    }
  }

  @Test func `A scale that is no number is found`() throws {
    var block = Data(count: 18)
    try WeightsFixtures.inTemporaryFolder { folder in
      for (byte, isFinite) in [(UInt8(0x3C), true), (0x7C, false), (0x7E, false)] {
        block[1] = byte
        let content = GGUFContent([.init("a", [32], type: 2, bytes: block)])
        try WeightsFixtures.write(content.data, to: folder + "/a.gguf")
        let weights = try FileWeights([openTensorFile(folder + "/a.gguf")], checkFinite: true)
        _ = try weights.tensor("a", shape: [32], role: .vector, initial: .zeros)
        if isFinite {
          try weights.finish()
        } else {
          #expect(throws: WeightMismatch.self) { try weights.finish() }
        }
      }
    }
  }

  @Test(arguments: ["t5", "t5_encoder"])
  func `T5 has transformers' names`(_ name: String) throws {
    let names = try JSONDecoder().decode([String: [String: Float]].self, from: WeightsFixtures.data("gguf/t5.json"))
    let expected = try #require(names[name])
    let file = try openTensorFile(WeightsFixtures.path("gguf/\(name).gguf"))
    #expect(Set(file.entries.keys) == Set(expected.keys))
    for (key, number) in expected { #expect(try file.tensor(key).floats == [number], "\(key)") }
    #expect(file.spelling(of: "encoder.block.1.layer.0.SelfAttention.q.weight") == "enc.blk.1.attn_q.weight")
  }

  @Test func `A network's folder may hold one GGUF file`() throws {
    try WeightsFixtures.inTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: Self.types, toPath: folder + "/unet-Q4_0.gguf")
      #expect(try ComponentFolder(path: folder).readers().map(\.file) == [folder + "/unet-Q4_0.gguf"])
      try FileManager.default.copyItem(atPath: Self.types, toPath: folder + "/unet-Q8_0.gguf")
      #expect(throws: ModelFolderError.self) { try ComponentFolder(path: folder).readers() }
    }
  }
}
