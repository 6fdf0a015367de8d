import Foundation
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTestSupport
import NegativeSpaceWriters
import Testing

/// Ids of a tiny writer, against transformers' `generate`.
///
/// Made with: python Tests/WritersTests/Fixtures/make_writers.py (torch 2.15, transformers 5.24 and 4.44).
@Suite struct TokenSearchTests {
  struct Document: Decodable {
    struct Settings: Decodable {
      var max_new_tokens: Int
      var min_new_tokens: Int?
      var repetition_penalty: Float?
      var no_repeat_ngram_size: Int?
      var num_beams: Int?
      var num_beam_groups: Int?
      var diversity_penalty: Float?
      var early_stopping: Bool?
      var length_penalty: Float?
    }

    struct Case: Decodable {
      let settings: Settings
      let prompt: [Int]
      let ids: [Int]
    }

    let plain: [Case]
    let beams: [Case]
    let diverse: [Case]
  }

  static func folder(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path
  }

  private let model: T5ForConditionalGeneration
  private let document: Document

  init() throws {
    model = try T5Folder(path: Self.folder("writer")).network()
    document = try JSONDecoder().decode(
      Document.self, from: Data(contentsOf: URL(fileURLWithPath: Self.folder("generation.json"))))
  }

  private func expect(_ cases: [Document.Case]) throws {
    for test in cases {
      let found = try TokenSearch(model, TextGenerationSettings(test.settings))(test.prompt)
      #expect(found == test.ids, "\(test.settings) of \(test.prompt)")
    }
  }

  @Test func `The likeliest tokens under rules`() throws { try expect(document.plain) }
  @Test func `Beams`() throws { try expect(document.beams) }
  @Test func `Diverse beams`() throws { try expect(document.diverse) }

  /// Padding, and texts that end sooner, must not change the others.
  @Test func `Several texts at once are what they are alone`() throws {
    let cases = document.plain.filter { $0.settings.repetition_penalty == 1.5 }
    let search = try TokenSearch(model, TextGenerationSettings(cases[0].settings))
    #expect(try search.texts(cases.map(\.prompt), stream: 0) == cases.map(\.ids))
  }

  @Test func `Draws follow the probabilities, and their seed`() throws {
    var settings = TextGenerationSettings()
    (settings.strategy, settings.maxTokens, settings.seed) = (.sampling(temperature: 0.7, topK: 3), 1, 5)
    let prompts = [[Int]](repeating: [5, 17, 33, 20, 1], count: 2000)
    let drawn = try TokenSearch(model, settings).texts(prompts, stream: 0)
    #expect(try TokenSearch(model, settings).texts(prompts, stream: 0) == drawn)
    #expect(try TokenSearch(model, settings).texts(prompts, stream: 1) != drawn)
    // By hand: the three likeliest at temperature 0.7.
    let logits = model([[5, 17, 33, 20, 1]], decoderTokens: [[0]]).floats
    let order = logits.indices.sorted { logits[$0] > logits[$1] }.prefix(3)
    let powers = order.map { exp(logits[$0] / 0.7) }
    for (token, power) in zip(order, powers) {
      let share = Float(drawn.count { $0 == (token == 1 ? [] : [token]) }) / 2000
      let expected = power / powers.reduce(0, +)
      // Four deviations of 2,000 draws.
      #expect(abs(share - expected) < 4 * (expected * (1 - expected) / 2000).squareRoot() + 1e-3)
    }
  }

  @Test func `Of the likeliest that have p together none is left out`() throws {
    var settings = TextGenerationSettings()
    (settings.strategy, settings.maxTokens) = (.sampling(topK: 0, topP: 1e-6), 6)
    let prompts = document.plain.prefix(8).map(\.prompt)
    let likeliest = try prompts.map { prompt -> [Int] in
      var greedy = TextGenerationSettings()
      greedy.maxTokens = 6
      return try TokenSearch(model, greedy)(prompt)
    }
    #expect(try TokenSearch(model, settings).texts(prompts, stream: 0) == likeliest)
  }

  @Test func `Settings that cannot be followed are refused`() {
    for change in [
      { $0.repetitionPenalty = 0 }, { $0.minTokens = 100 }, { $0.maxTokens = 0 }, { $0.strategy = .beams(0) },
      { $0.strategy = .diverseBeams(5, groups: 2, penalty: 1) }, { $0.strategy = .sampling(temperature: 0) },
    ] as [(inout TextGenerationSettings) -> Void] {
      var settings = TextGenerationSettings()
      change(&settings)
      #expect(throws: WriterError.self) { try TokenSearch(model, settings) }
    }
  }
}

extension TextGenerationSettings {
  fileprivate init(_ settings: TokenSearchTests.Document.Settings) {
    self.init()
    maxTokens = settings.max_new_tokens
    minTokens = settings.min_new_tokens ?? 0
    repetitionPenalty = settings.repetition_penalty ?? 1
    noRepeatNGram = settings.no_repeat_ngram_size ?? 0
    lengthPenalty = settings.length_penalty ?? 1
    stopsEarly = settings.early_stopping ?? false
    if let beams = settings.num_beams {
      strategy =
        settings.num_beam_groups.map {
          .diverseBeams(beams, groups: $0, penalty: settings.diversity_penalty ?? 0)
        } ?? .beams(beams)
    }
  }
}
