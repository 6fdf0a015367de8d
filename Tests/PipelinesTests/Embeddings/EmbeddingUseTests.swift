import Foundation
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWeights
import Testing

/// Embeddings in a generation.
struct EmbeddingUseTests {
  private func model() throws -> DiffusionModel {
    try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
  }

  private func with<Result>(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], _ body: (String) throws -> Result
  ) throws -> Result {
    let path = Fixtures.temporary("e.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TensorFile(tensors, metadata: metadata).write(to: path)
    return try body(path)
  }

  private func states(_ request: GenerationRequest, _ model: DiffusionModel) throws -> PromptStates {
    try model.promptStates(model.resolve(request))
  }

  /// Numbers of PyTorch: Fixtures/make_prompts.py.
  @Test func `Negatives add up by their deviations from the empty prompt`() throws {
    let (model, expected) = (try model(), try PromptCase.tensors())
    try with(["x": expected.tensor("negative.one")]) { one in
      try with(["x": expected.tensor("negative.two")]) { two in
        var request = GenerationRequest(prompt: "a red apple")
        request.negativeEmbeddings = [FileReference(path: one)]
        #expect(try states(request, model).negative.floats == expected.tensor("negative.one").floats)
        request.negativeEmbeddings = [FileReference(path: one, weight: 0.5), FileReference(path: two, weight: 1.25)]
        #expect(try relativeDistance(states(request, model).negative, expected.tensor("combined.both")) < 1e-5)
        // A negative prompt of 231 rows.
        request.negativeEmbeddings = [FileReference(path: one)]
        (request.negativePrompt, request.longPrompt) = (
          String(repeating: "a red apple on a yellow background and ", count: 25), .chunks
        )
        #expect(try relativeDistance(states(request, model).negative, expected.tensor("combined.words")) < 1e-5)
        request.negativeEmbeddings = [FileReference(path: one, weight: 0)]
        request.negativePrompt = ""
        let empty = try model.promptEncoder().encode("").states
        #expect(try relativeDistance(states(request, model).negative, empty) < 1e-6)
      }
    }
  }

  @Test func `Token vectors given as a negative are encoded`() throws {
    let model = try model()
    let expected = try PromptCase.tensors()
    try with(["<sour>": expected.tensor("vectors.<sour>")]) { path in
      var request = GenerationRequest(prompt: "a red apple")
      request.negativeEmbeddings = [FileReference(path: path)]
      let found = try states(request, model)
      #expect(try relativeDistance(found.negative, expected.tensor("combined.learned")) < 1e-5)
      #expect(
        found.notes[0].contains("token vectors, 3 of width 32, encoded as a prompt of their own, of an unknown space"))
    }
  }

  @Test func `A learned word is used by its token in either prompt`() throws {
    let model = try model()
    let expected = try PromptCase.tensors()
    try with(["emb_params": expected.tensor("vectors.<sour>")]) { path in
      var request = GenerationRequest(prompt: "a red apple")
      request.negativePrompt = "a <sour>, badhand apple"
      request.embeddings = [FileReference(path: path, token: "<sour>")]
      let asWords = try states(GenerationRequest(prompt: request.negativePrompt), model).positive
      let found = try states(request, model)
      #expect(relativeDistance(found.negative, asWords) > 1e-2)
      #expect(found.warnings.isEmpty)
      let hash = try SHA256.hexadecimal(ofFile: path).prefix(10)
      #expect(
        found.notes == [
          "Embedding \(path) (\(hash)), \"<sour>\" in a prompt: token vectors, 3 of width 32, of an unknown space, of which "
            + "only the size is known to fit."
        ])
      let negative = found.negative
      (request.prompt, request.negativePrompt) = ("a embedding:<SOUR>, badhand apple", "")
      #expect(try states(request, model).positive.floats == negative.floats)
      request.prompt = "a red apple"
      #expect(
        try states(request, model).warnings.first?.hasPrefix("The token \"<sour>\" of \(path) is in neither prompt")
          == true)
      request.embeddings += [FileReference(path: path, token: "<Sour>")]
      #expect(throws: EmbeddingError.badToken(path: path, token: "<Sour>", reason: "\(path) has the same")) {
        try states(request, model)
      }
    }
  }

  @Test func `A near space is used and said, a foreign one is refused with both named`() throws {
    let model = try model()
    let own = try model.textSpace()
    func moved(_ share: Float) -> TextSpace {
      let shift = noise([own.probe.count], seed: 3).floats
      return TextSpace(
        name: "elsewhere", width: own.width, rows: own.rows, depth: own.depth, skipped: own.skipped,
        probe: zip(own.probe, shift).map { $0 + share * $1 })
    }
    func notes(_ space: TextSpace) throws -> [String] {
      let path = Fixtures.temporary("e.safetensors")
      defer { try? FileManager.default.removeItem(atPath: path) }
      try NegativeEmbedding(states: Formula.tensor("negative", [77, 32]), space: space).write(to: path)
      var request = GenerationRequest(prompt: "a red apple")
      request.negativeEmbeddings = [FileReference(path: path, weight: 0.5)]
      do {
        return try states(request, model).notes.map {
          $0.replacingOccurrences(of: path, with: "FILE").replacing(/\([0-9a-f]{10}\)/, with: "(HASH)")
        }
      } catch let error as EmbeddingError {
        return ["\(error)".replacingOccurrences(of: path, with: "FILE")]
      }
    }
    let shape = "(width 32, 77 rows, layer 3 of 3, normed)"
    #expect(
      try notes(own) == [
        "Negative embedding FILE (HASH): encoder states, 77 rows of width 32, weight 0.5, of the space of tiny-image "
          + "\(shape), the same as the model's, 0.0 % apart."
      ])
    let near = try notes(moved(0.2))
    #expect(near[0].contains("of the space of elsewhere \(shape), near the model's, "))
    let foreign = try notes(moved(5))
    #expect(
      foreign[0].hasPrefix("FILE belongs to the text space of elsewhere \(shape), which is foreign to the model's, "))
    #expect(foreign[0].contains("; the model's is tiny-image \(shape)."))
  }

  @Test func `A space learned at another layer is not that of this run`() throws {
    let model = try model()
    let path = Fixtures.temporary("e.safetensors")
    defer { try? FileManager.default.removeItem(atPath: path) }
    try NegativeEmbedding(states: Formula.tensor("negative", [77, 32]), space: model.textSpace(clipSkip: 2)).write(
      to: path)
    var request = GenerationRequest(prompt: "a red apple")
    request.negativeEmbeddings = [FileReference(path: path)]
    request.clipSkip = 2
    #expect(try states(request, model).notes[0].contains("the same as the model's"))
  }

  @Test func `A changed file is noticed by its hash`() throws {
    let model = try model()
    try with(["emb_params": .zeros([2, 32])]) { path in
      var request = GenerationRequest(prompt: "a red apple")
      request.embeddings = [FileReference(path: path, token: "x")]
      let resolved = try model.resolve(request)
      #expect(resolved.embeddings[0].sha256?.count == 64)
      try TensorFile(["emb_params": Tensor(repeating: 1, shape: [2, 32])]).write(to: path)
      #expect(throws: ModelError.self) { try model.resolve(resolved) }
    }
  }
}
