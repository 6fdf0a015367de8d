package import NegativeSpaceNetworks
package import NegativeSpaceTensors

/// A text of tokens by a T5, and by which rules.
package struct TokenSearch: Sendable {
  package let model: T5ForConditionalGeneration
  package let settings: TextGenerationSettings
  /// Asked before every token; true ends the search with `CancellationError`.
  package var isCancelled: @Sendable () -> Bool = { false }

  /// - Throws: `WriterError.setting`.
  package init(_ model: T5ForConditionalGeneration, _ settings: TextGenerationSettings) throws {
    try settings.validate()
    (self.model, self.settings) = (model, settings)
  }

  /// The tokens written for a text, without start and end.
  ///
  /// - Parameter tokens: the ids of the text that goes in, with its end.
  /// - Throws: `CancellationError`.
  package func callAsFunction(_ tokens: [Int]) throws -> [Int] {
    try withoutGradients {
      switch settings.strategy {
      case .greedy, .sampling: try texts([tokens], stream: 0)[0]
      case .beams(let count): try BeamSearch(self, count: count).text(start(tokens, copies: count))
      case .diverseBeams(let count, let groups, let penalty):
        try DiverseBeamSearch(self, groups: groups, size: count / groups, penalty: penalty)
          .text(start(tokens, copies: count))
      }
    }
  }

  var rules: TokenRules { TokenRules(settings: settings, end: model.configuration.eosTokenID) }

  /// The memory of `copies` texts that go on from one.
  private func start(_ tokens: [Int], copies: Int) -> T5DecoderMemory {
    model.memory(of: model.encoder.states([tokens])).rows([Int](repeating: 0, count: copies))
  }

  /// The log-probabilities, or plain logits, of the next token of each text.
  func scores(
    _ tokens: [Int], _ memory: inout T5DecoderMemory, areProbabilities: Bool = true
  ) throws -> [[Float]] {
    if isCancelled() { throw CancellationError() }
    let logits = model.next(tokens, &memory)
    let values = (areProbabilities ? logits.logSoftmax() : logits).floats
    let width = logits.size(1)
    return tokens.indices.map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
  }
}

extension TokenSearch {
  /// The tokens written for several texts at once, one token at a time, the likeliest or drawn ones; without start and
  /// end.
  ///
  /// - Parameters:
  ///   - tokens: rows of ids, each with its end, of any lengths.
  ///   - stream: a number beside the settings' seed; each text draws from a source of its own.
  /// - Throws: `CancellationError`.
  package func texts(_ tokens: [[Int]], stream: UInt64) throws -> [[Int]] {
    try withoutGradients {
      let padded = TokenBatch(tokens, padding: model.configuration.padTokenID)
      var memory = model.memory(of: model.encoder.states(padded.rows, mask: padded.mask), mask: padded.mask)
      let (start, end) = (model.configuration.decoderStartTokenID, model.configuration.eosTokenID)
      var texts = tokens.map { _ in [start] }
      var random = tokens.indices.map {
        SplitMix64(seed: settings.seed, stream: 0x7465_7874 ^ stream, index: UInt64($0))
      }
      // Where each text that is not finished stands in the memory.
      var open = Array(tokens.indices)
      while !open.isEmpty, texts[open[0]].count <= settings.maxTokens {
        var scores = try scores(open.map { texts[$0][texts[$0].count - 1] }, &memory, areProbabilities: false)
        var going: [Int] = []
        for (place, text) in open.enumerated() {
          rules.apply(to: &scores[place], after: texts[text])
          let token = choose(scores[place], &random[text])
          if token == end { continue }
          texts[text].append(token)
          going.append(place)
        }
        if going.count < open.count, !going.isEmpty { memory = memory.rows(going) }
        open = going.map { open[$0] }
      }
      return texts.map { Array($0.dropFirst()) }
    }
  }

  private func choose(_ scores: [Float], _ random: inout SplitMix64) -> Int {
    guard case .sampling(let temperature, let topK, let topP) = settings.strategy else { return scores.firstMaximum }
    let sampling = TokenSampling(temperature: temperature, topK: topK, topP: topP)
    return random.pick(weights: sampling.probabilities(scores))
  }
}

extension [Float] {
  /// The index of the largest number, the first of equals.
  var firstMaximum: Int {
    var best = 0
    for index in indices where self[index] > self[best] { best = index }
    return best
  }

  /// The indices of the `count` largest numbers, descending.
  func largest(_ count: Int) -> [Int] {
    // Few of many: what is not above the least so far is passed over.
    var found: [Int] = []
    for index in indices {
      if found.count == count, let last = found.last, self[index] <= self[last] { continue }
      let place = found.firstIndex { self[$0] < self[index] } ?? found.count
      found.insert(index, at: place)
      if found.count > count { found.removeLast() }
    }
    return found
  }
}

/// Rows of tokens of different lengths, filled up to one.
package struct TokenBatch: Sendable {
  package let rows: [[Int]]
  /// (B, T): 0 where a row is filled up; nil where none is.
  package let mask: Tensor?

  package init(_ tokens: [[Int]], padding: Int) {
    let length = Swift.max(1, tokens.map(\.count).max() ?? 1)
    rows = tokens.map { $0 + [Int](repeating: padding, count: length - $0.count) }
    let values = tokens.flatMap { row in (0..<length).map { $0 < row.count ? Float(1) : 0 } }
    mask = tokens.allSatisfy { $0.count == length } ? nil : Tensor(values, shape: [tokens.count, length])
  }
}
