import Foundation
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

struct EmbeddingConversionTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = Fixtures.temporary("conversion")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test func `Encoder states go to our file and back`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    let states = Formula.tensor("negative", [77, 32])
    try inFolder { folder in
      try TensorFile(["tensor": states]).write(to: folder + "/bare")
      var conversion = try EmbeddingConversion(contentsOf: folder + "/bare")
      #expect(conversion.usualForm == .negspace)
      try conversion.belongs(to: model)
      try conversion.write(to: folder + "/ours", as: .negspace)
      #expect(try NegativeEmbedding(contentsOf: folder + "/ours").space?.name == "tiny-image")

      let back = try EmbeddingConversion(contentsOf: folder + "/ours")
      #expect(back.usualForm == .bare)
      try back.write(to: folder + "/back", as: back.usualForm)
      let file = try TensorFile(path: folder + "/back")
      #expect(file.metadata.isEmpty)
      #expect(file.tensors["negative_prompt_embeds"]?.shape == [1, 77, 32])
      #expect(file.tensors["negative_prompt_embeds"]?.floats == states.floats)
    }
  }

  @Test(arguments: [1, 3])
  func `Token vectors go round all forms`(_ count: Int) throws {
    let vectors = Formula.tensor("word", [count, 32])
    try inFolder { folder in
      var path = folder + "/sour.safetensors"
      try TensorFile(["emb_params": vectors]).write(to: path)
      for form in [EmbeddingConversion.Form.diffusers, .comfyui, .diffusers, .a1111, .comfyui, .a1111] {
        let next = folder + "/\(form.rawValue)-\(path.count).safetensors"
        try EmbeddingConversion(contentsOf: path).write(to: next, as: form)
        let found = try TokenEmbedding.all(contentsOf: next)
        #expect(found.map(\.token) == ["sour"])
        #expect(found.map(\.values) == [vectors.floats])
        path = next
      }
      try EmbeddingConversion(contentsOf: path).write(to: folder + "/d", as: .diffusers)
      #expect(try TensorFile(path: folder + "/d").tensors["sour"]?.shape == (count == 1 ? [32] : [3, 32]))
    }
  }

  @Test func `The kinds do not become each other`() throws {
    try inFolder { folder in
      try TensorFile(["x": .zeros([1, 77, 32])]).write(to: folder + "/states")
      try TensorFile(["x": .zeros([3, 32])]).write(to: folder + "/vectors")
      #expect(throws: EmbeddingError.self) {
        try EmbeddingConversion(contentsOf: folder + "/states").write(to: folder + "/out", as: .a1111)
      }
      #expect(throws: EmbeddingError.self) {
        try EmbeddingConversion(contentsOf: folder + "/vectors").write(to: folder + "/out", as: .bare)
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
    }
  }
}
