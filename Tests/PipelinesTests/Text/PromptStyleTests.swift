import Foundation
import NegativeSpacePipelines
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceText
import Testing

/// One line of prompts.json: PyTorch's result for a prompt.
struct PromptCase: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let prompt: String
  let chunked: Bool
  let weighted: Bool
  /// -1 for a vector that was learned.
  let ids: [[Int]]
  let weights: [[Float]]

  var testDescription: String { name }

  static func all() -> [PromptCase] {
    let url = URL(fileURLWithPath: Fixtures.path("prompts.json"))
    return (try? JSONDecoder().decode([PromptCase].self, from: Data(contentsOf: url))) ?? []
  }

  static func tensors() throws -> FixtureFile {
    try FixtureFile(URL(fileURLWithPath: Fixtures.path("prompts.safetensors")))
  }

  /// A word that the fixture learned.
  static func word(_ token: String) throws -> TokenEmbedding {
    let vectors = try tensors().tensor("vectors." + token)
    return TokenEmbedding(values: vectors.floats, count: vectors.size(0), width: vectors.size(1), token: token)
  }
}

struct PromptStyleTests {
  @Test func `There are prompts to compare`() {
    #expect(PromptCase.all().count == 14)
  }

  /// Ids, weights and states of a direct computation in PyTorch: Fixtures/make_prompts.py.
  @Test(arguments: PromptCase.all())
  func `Weights, chunks and learned words do what PyTorch computes`(_ expected: PromptCase) throws {
    let encoder = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32).promptEncoder()
    var vocabulary = encoder.ownVocabulary
    for token in ["<sour>", "badhand"] { vocabulary.add(try PromptCase.word(token)) }
    let style = PromptStyle(isWeighted: expected.weighted, isChunked: expected.chunked)
    let found = try encoder.encode(expected.prompt, style: style, vocabulary: vocabulary)
    #expect(found.text.chunks.map { $0.ids.map { $0 < vocabulary.firstID ? $0 : -1 } } == expected.ids)
    for (one, other) in zip(found.text.chunks.flatMap(\.weights), expected.weights.joined()) {
      #expect(abs(one - other) < 1e-6)
    }
    #expect(found.states.shape == [1, 77 * expected.ids.count, 32])
    #expect(try relativeDistance(found.states, PromptCase.tensors().tensor(expected.name + ".states")) < 1e-5)
  }

  @Test func `Brackets are characters unless somebody asks, and a long prompt is cut`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    let weighted = "a (red:1.4) apple"
    var request = GenerationRequest(prompt: weighted)
    let plain = try model.promptStates(request).positive
    #expect(plain.floats == (try model.promptEncoder().encode(weighted).states.floats))
    request.promptWeighting = .a1111
    #expect(try relativeDistance(model.promptStates(request).positive, plain) > 1e-2)

    request = GenerationRequest(prompt: String(repeating: "a red apple ", count: 40))
    #expect(try model.promptStates(request).positive.shape == [1, 77, 32])
    request.longPrompt = .chunks
    #expect(try model.promptStates(request).positive.shape == [1, 154, 32])
    #expect(try model.promptStates(request).warnings.isEmpty)
    (request.longPrompt, request.promptWeighting) = (nil, .a1111)
    #expect(try model.resolve(request).longPrompt == .chunks)
    #expect(try model.promptStates(request).positive.shape == [1, 154, 32])
    request.longPrompt = .cut
    #expect(try model.promptStates(request).positive.shape == [1, 77, 32])
  }

  @Test func `A prompt of 154 rows is guided by a negative of 77`() throws {
    let model = try DiffusionModel(folder: Fixtures.path("tiny-image"), dtype: .float32)
    var request = GenerationRequest(prompt: String(repeating: "a red apple ", count: 40))
    (request.steps, request.longPrompt) = (2, .chunks)
    func latents(_ request: GenerationRequest) throws -> Latents {
      var generation = try model.start(request)
      while try generation.nextStep() != nil {}
      return generation.latents
    }
    let guided = try latents(request)
    let isFinite = guided.values.allSatisfy(\.isFinite)
    #expect(isFinite)
    request.guidanceScale = 1
    #expect(try latents(request) != guided)
  }
}
