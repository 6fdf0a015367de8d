import Foundation
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

struct PromptTests {
  /// Ids and states of transformers: Fixtures/make_pipelines.py.
  @Test func `An encoded prompt has transformers' ids and states`() throws {
    let encoder = try TextEncoder(path: Fixtures.path("tiny-image"))
    let path = Fixtures.temporary("embedding.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try PromptEmbedding(of: "a red apple spinning on a yellow background", by: encoder).write(to: path)
    let file = try TensorFile(path: path)
    let states = try #require(file.tensors["prompt_embeds"])
    #expect(states.shape == [1, 77, 32])
    let expected = try Fixtures.tensors().tensor("component.text_encoder.last_hidden_state")
    #expect(relativeDistance(states, expected) < 1e-5)
    let ids = try TensorFile(path: Fixtures.path("component-text_encoder.safetensors")).integers["input_ids"]
    #expect(file.integers["input_ids"] == ids)
  }

  @Test func `A prompt that is too long is cut, and what was cut is said`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    let fits = String(repeating: "a red apple ", count: 25)
    let generation = try model.start(GenerationRequest(prompt: fits + "on a yellow background"))
    #expect(
      generation.warnings == [
        "The prompt has 79 tokens, of which 75 fit. Left out: \"on a yellow background\". Keep it with `long_prompt` chunks."
      ])
    #expect(try model.start(GenerationRequest(prompt: fits)).warnings.isEmpty)
  }

  @Test func `A layer that the text encoder lacks is refused`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var request = GenerationRequest(prompt: "a red apple")
    request.clipSkip = 4
    #expect(throws: RequestError(.clipSkip, found: "4", expected: "1 to 3, the text encoder's layers")) {
      try model.start(request)
    }
  }

  @Test func `A negative embedding of another width is refused with both widths`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    let path = Fixtures.temporary("negative.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    var request = GenerationRequest(prompt: "a red apple")
    request.negativeEmbeddings = [FileReference(path: path)]
    func words(_ tensor: Tensor) throws -> String? {
      try TensorFile(["embedding": tensor]).write(to: path)
      return #expect(throws: ModelError.self) { try model.start(request) }?.description.replacingOccurrences(
        of: path, with: "FILE")
    }
    #expect(
      try words(.zeros([1, 77, 768]))
        == "FILE: the embedding has the shape [1, 77, 768], expected a width of 32, as this model's text states have; "
        + "these of width 768 belong to another text encoder.")
    #expect(
      try words(.zeros([1, 120, 32]))
        == "FILE: the embedding has the shape [1, 120, 32], expected encoder states [1, 77, 32] or [77, 32].")
    #expect(
      try words(.zeros([5, 16]))?.hasSuffix(
        "has the shape [5, 16], expected a width of 32, as this model's tokens have; these of width 16 belong to another "
          + "text encoder.") == true)
    #expect(
      try words(Tensor(repeating: .nan, shape: [77, 32]))
        == "FILE: embedding holds NaN or infinity. The file is damaged.")
  }

  @Test func `An embedding file is looked into`() throws {
    let path = Fixtures.temporary("negative.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TensorFile(
      ["states": .zeros([1, 77, 32]), "vectors": .zeros([3, 768])], integers: ["step": IntegerTensor([4])]
    ).write(to: path)
    let inspection = try EmbeddingInspection(contentsOf: path)
    #expect(inspection.entries.map(\.name) == ["states", "step", "vectors"])
    #expect(inspection.entries.map(\.kind) == [.encoderStates, .other, .tokenVectors])
    #expect(inspection.entries.map(\.rows) == [77, nil, 3])
    #expect(inspection.problem?.contains("it cannot be told which is meant") == true)
  }
}
