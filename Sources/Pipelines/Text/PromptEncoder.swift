package import NegativeSpaceNetworks
package import NegativeSpaceTensors
package import NegativeSpaceText
import NegativeSpaceWeights
import Synchronization

/// Prompts to the states that a denoiser is told, by a text tower and its tokenizer; each prompt is encoded once.
package final class PromptEncoder: Sendable {
  /// A prompt and what became of it.
  package struct Encoded: Sendable {
    package let text: TokenizedPrompt
    /// (1, 77·chunks, D).
    package let states: Tensor
  }

  private struct Key: Hashable {
    let prompt: String
    let clipSkip: Int
    let style: PromptStyle
    let vocabulary: LearnedVocabulary
  }

  package let tokenizer: CLIPTokenizer
  package let tower: any TextTower
  private let cache = Mutex<[Key: Encoded]>([:])
  private let spaces = Mutex<[Int: TextSpace]>([:])
  /// Enough for every branch of a run; a list of 10,000 prompts must not fill the memory.
  private static let cacheLimit = 16
  /// All chunks are encoded at once; each adds to what every call of the denoiser attends to.
  private static let chunkLimit = 256

  package init(tokenizer: CLIPTokenizer, tower: any TextTower) {
    (self.tokenizer, self.tower) = (tokenizer, tower)
  }

  /// - Parameter path: path of the files, for messages.
  /// - Throws: `ModelError.mismatch` for a tokenizer that knows more tokens than the network, `WeightMismatch`.
  convenience init(
    tokenizer: CLIPTokenizer, configuration: CLIPTextConfiguration, weights: FileWeights, of path: String
  ) throws {
    guard tokenizer.vocabularyCount <= configuration.vocabSize else {
      throw ModelError.mismatch(
        path: path, one: "the tokenizer knows \(tokenizer.vocabularyCount) tokens",
        other: "the text encoder has a vocab_size of \(configuration.vocabSize)")
    }
    self.init(tokenizer: tokenizer, tower: try weights.build { try CLIPTextModel(configuration, $0) })
  }

  /// No words but the encoder's own.
  package var ownVocabulary: LearnedVocabulary { LearnedVocabulary(firstID: tower.shape.vocabulary) }

  /// - Parameters:
  ///   - clipSkip: layer of the states, counted from the end: 1 is the last. All are normed, as in A1111 and
  ///     diffusers.
  ///   - vocabulary: learned words; nil for none.
  /// - Throws: `RequestError` for a layer that is not there and for too many chunks, `ModelError.brokenOutput`.
  package func encode(
    _ prompt: String, clipSkip: Int = 1, style: PromptStyle = .plain, vocabulary: LearnedVocabulary? = nil
  ) throws -> Encoded {
    let vocabulary = vocabulary ?? ownVocabulary
    let key = Key(prompt: prompt, clipSkip: clipSkip, style: style, vocabulary: vocabulary)
    if let known = cache.withLock({ $0[key] }) { return known }
    let tokenizer = vocabulary.isEmpty ? tokenizer : tokenizer.adding(vocabulary.words)
    let text = tokenizer.tokenize(prompt, style, length: tower.shape.positions)
    guard text.chunks.count <= Self.chunkLimit else {
      throw RequestError(
        .prompt, found: "\(text.chunks.count) chunks long", expected: "at most \(Self.chunkLimit) chunks of 75 tokens")
    }
    let states = try states(text.chunks, clipSkip: clipSkip, vocabulary: vocabulary)
    guard states.isFinite else {
      throw ModelError.brokenOutput(what: "the text encoder's output for \"\(prompt.prefix(60))\"")
    }
    let encoded = Encoded(text: text, states: states)
    cache.withLock { cache in
      if cache.count >= Self.cacheLimit { cache.removeAll() }
      cache[key] = encoded
    }
    return encoded
  }

  /// The states of token vectors alone, as if their word were the whole prompt: (1, 77, D).
  ///
  /// - Throws: as `encode`.
  package func states(of embeddings: [TokenEmbedding], clipSkip: Int) throws -> Tensor {
    var vocabulary = ownVocabulary
    for embedding in embeddings { vocabulary.add(embedding) }
    let length = tower.shape.positions
    let ids = vocabulary.ids.flatMap { Array($0) }.prefix(length - 2)
    return try states([tokenizer.chunk(Array(ids), length: length)], clipSkip: clipSkip, vocabulary: vocabulary)
  }

  /// The space of the states, named once.
  ///
  /// - Throws: `RequestError` for a layer that is not there.
  package func space(named name: String, clipSkip: Int) throws -> TextSpace {
    if let known = spaces.withLock({ $0[clipSkip] }) { return known }
    try check(clipSkip)
    let space = TextSpace(of: self, named: name, clipSkip: clipSkip)
    spaces.withLock { $0[clipSkip] = space }
    return space
  }

  // MARK: Parts

  private func check(_ clipSkip: Int) throws {
    let layers = tower.shape.layers
    guard (1...layers).contains(clipSkip) else {
      throw RequestError(.clipSkip, found: "\(clipSkip)", expected: "1 to \(layers), the text encoder's layers")
    }
  }

  private func states(_ chunks: [PromptChunk], clipSkip: Int, vocabulary: LearnedVocabulary) throws -> Tensor {
    try check(clipSkip)
    let embedded = embed(chunks, vocabulary)
    let states = tower.encode(embedded: embedded, of: nil, skippingLast: clipSkip - 1).states  // (chunks, 77, D)
    let parts = chunks.indices.map { index in
      states.slice(axis: 0, from: index, to: index + 1).emphasized(by: chunks[index].weights)
    }
    return Tensor.concatenate(parts, axis: 1)
  }

  /// (chunks, 77, D), learned vectors in the places of their ids.
  private func embed(_ chunks: [PromptChunk], _ vocabulary: LearnedVocabulary) -> Tensor {
    let ids = chunks.map(\.ids)
    let first = vocabulary.firstID
    let embedded = tower.embed(ids.map { $0.map { $0 < first ? $0 : tokenizer.end } })
    guard ids.contains(where: { $0.contains { $0 >= first } }) else { return embedded }
    var values = embedded.floats
    let width = embedded.size(-1)
    for (place, id) in ids.joined().enumerated() where id >= first {
      values.replaceSubrange((place * width)..<((place + 1) * width), with: vocabulary.vector(of: id))
    }
    return Tensor(values, shape: embedded.shape)
  }
}

extension Tensor {
  /// States (1, T, D) times a weight for each token, brought back to their mean: A1111's "Original" emphasis.
  ///
  /// `modules/sd_emphasis.py`, `EmphasisOriginal`: one mean over all tokens and channels of a chunk.
  fileprivate func emphasized(by weights: [Float]) -> Tensor {
    guard weights.contains(where: { $0 != 1 }) else { return self }
    let weighted = self * Tensor(weights, shape: [1, weights.count, 1])
    return weighted * (mean().item / weighted.mean().item)
  }
}
