import Foundation
import NegativeSpaceKernels
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

struct EmbeddingFileTests {
  static let contents: [(String, [Int], EmbeddingContent)] = [
    ("negative_prompt_embeds", [1, 77, 768], .states(rows: 77, width: 768)),
    ("negative_prompt_embeds", [77, 768], .states(rows: 77, width: 768)),
    ("prompt_embeds", [1, 154, 768], .states(rows: 154, width: 768)),
    ("tensor", [1, 77, 1024], .states(rows: 77, width: 1024)),
    ("tensor", [1, 120, 4096], .states(rows: 120, width: 4096)),
    ("tensor", [77, 768], .states(rows: 77, width: 768)),
    ("emb_params", [8, 768], .vectors(count: 8, width: 768)),
    ("string_to_param.*", [3, 768], .vectors(count: 3, width: 768)),
    ("0.clip_l", [3, 768], .vectors(count: 3, width: 768)),
    ("<cat-toy>", [768], .vectors(count: 1, width: 768)),
    ("<cat-toy>", [2, 768], .vectors(count: 2, width: 768)),
    ("midjourney-style", [768], .vectors(count: 1, width: 768)),
    ("tensor", [75, 768], .vectors(count: 75, width: 768)),
    ("step", [1], .other), ("x", [2, 77, 768], .other), ("x", [1, 4, 8, 8], .other), ("x", [0, 768], .other),
    (
      "emb_params", [77, 768],
      .unclear("its name means token vectors, but 77 do not fit into a prompt of 75 tokens")
    ),
    ("tensor", [76, 768], .unclear("too many rows for token vectors, not 77 for encoder states")),
    ("tensor", [1, 5, 768], .unclear("encoder states of so few rows, or token vectors with a further axis")),
  ]

  @Test(arguments: contents.indices)
  func `Encoder states and token vectors are told apart by name and shape`(_ index: Int) {
    let (name, shape, content) = Self.contents[index]
    #expect(EmbeddingContent(name: name, type: .float16, shape: shape) == content, "\(name) \(shape)")
    #expect(EmbeddingContent(name: name, type: .int64, shape: shape) == .other)
  }

  /// A file that is gone afterwards.
  private func with<Result>(
    _ tensors: [String: Tensor], name: String = "learned.safetensors", _ body: (String) throws -> Result
  ) throws -> Result {
    let path = Fixtures.temporary(name)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TensorFile(tensors).write(to: path)
    return try body(path)
  }

  private func words(_ tensors: [String: Tensor], _ read: (String) throws -> Void) throws -> String? {
    try with(tensors) { path in
      #expect(throws: EmbeddingError.self) { try read(path) }?.description.replacingOccurrences(of: path, with: "FILE")
    }
  }

  @Test func `What is asked for as the wrong kind is refused with the right way`() throws {
    #expect(
      try words(["emb_params": .zeros([3, 32])]) { _ = try NegativeEmbedding(contentsOf: $0) }
        == "FILE holds token vectors, expected encoder states. Use them with `embeddings` and write their token into the "
        + "prompt.")
    #expect(
      try words(["tensor": .zeros([1, 77, 32])]) { _ = try TokenEmbedding.all(contentsOf: $0) }
        == "FILE holds encoder states, expected token vectors. Use them with `negative_embeddings`.")
    #expect(
      try words(["a": .zeros([1, 77, 32]), "b": .zeros([1, 77, 32])]) { _ = try NegativeEmbedding(contentsOf: $0) }
        == "FILE holds a, b, and it cannot be told which is meant. Name one of them negative_prompt_embeds.")
    #expect(
      try words(["x": .zeros([76, 32])]) { _ = try NegativeEmbedding(contentsOf: $0) }
        == "FILE: it cannot be told what x [76, 32] is: too many rows for token vectors, not 77 for encoder states. Store "
        + "encoder states as negative_prompt_embeds [1, 77, D], token vectors as emb_params [n, D].")
    #expect(
      try words(["x": .zeros([2, 3, 4, 5])]) { _ = try NegativeEmbedding(contentsOf: $0) }
        == "FILE holds no embedding: x [2, 3, 4, 5]; expected encoder states such as [1, 77, 768], one for each "
        + "step such as [30, 77, 768], or token vectors such as [4, 768].")
  }

  @Test func `The usual name is meant where a file has several`() throws {
    let states = Formula.tensor("negative", [77, 32])
    try with(["prompt_embeds": .zeros([1, 77, 32]), "negative_prompt_embeds": states]) { path in
      let found = try NegativeEmbedding(contentsOf: path)
      #expect(found.values == states.floats)
    }
  }

  @Test func `Sixteen bits are read exactly`() throws {
    let states = Formula.tensor("negative", [77, 32]).cast(to: .bfloat16)
    try with(["tensor": states]) { path in
      let found = try NegativeEmbedding(contentsOf: path)
      #expect(found.values == states.floats)
    }
  }

  @Test func `Each word of a file has its token`() throws {
    try with(["<a>": .zeros([32]), "<b>": .zeros([2, 32])]) { path in
      let found = try TokenEmbedding.all(contentsOf: path)
      #expect(found.map(\.token) == ["<a>", "<b>"])
      #expect(found.map(\.count) == [1, 2])
    }
    let path = NSTemporaryDirectory() + "easynegative.safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TensorFile(["emb_params": .zeros([8, 32])]).write(to: path)
    #expect(try TokenEmbedding.all(contentsOf: path).map(\.token) == ["easynegative"])
  }

  @Test func `A negative keeps its space and its provenance`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var provenance = EmbeddingProvenance()
    (provenance.method, provenance.baseModel, provenance.reward) = ("reneg", "tiny-image", "quality 1")
    (provenance.prompts, provenance.steps, provenance.seed) = ("prompts.txt, 64", 150, 42)
    let made = NegativeEmbedding(
      states: Formula.tensor("negative", [1, 77, 32]), space: try model.textSpace(), provenance: provenance)
    let path = Fixtures.temporary("negative.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try made.write(to: path)
    let read = try NegativeEmbedding(contentsOf: path)
    #expect(read.values == made.values)
    #expect(read.rows == 77)
    #expect(read.width == 32)
    #expect(read.provenance == provenance)
    #expect(try model.textSpace().closeness(to: #require(read.space)).isUsable)

    try made.write(to: path, isBare: true)
    #expect(try TensorFile(path: path).metadata.isEmpty)
    #expect(try NegativeEmbedding(contentsOf: path).space == nil)
  }

  @Test func `A note that cannot be read is named`() throws {
    let path = Fixtures.temporary("negative.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TensorFile(["x": .zeros([1, 77, 32])], metadata: ["negspace.text_space": "{}"]).write(to: path)
    let error = #expect(throws: EmbeddingError.self) { try NegativeEmbedding(contentsOf: path) }
    #expect(
      error?.description.contains("The note negspace.text_space in \(path) cannot be read: \"width\" is missing")
        == true)
  }
}
