import Networks
package import Tensors
import Text

/// What both branches of guidance are told, and what is to be said of it.
package struct PromptStates: Sendable {
  /// (1, T, D), what is wanted; T is a multiple of 77.
  package var positive: Tensor
  /// (1, T', D), what is avoided; T' may be another multiple.
  package var negative: Tensor
  package var warnings: [String] = []
  package var notes: [String] = []
}

extension DiffusionModel {
  /// Encodes both prompts, with learned words and learned negatives.
  ///
  /// - Throws: `RequestError`, `EmbeddingError`, `ModelError`, `TensorFileError`, what is wrong with the encoder's files.
  package func promptStates(_ request: GenerationRequest) throws -> PromptStates {
    let encoder = try promptEncoder()
    var (warnings, notes): ([String], [String]) = ([], [])
    let (vocabulary, words) = try learnedVocabulary(request, encoder)
    func encode(_ prompt: String, _ vocabulary: LearnedVocabulary? = nil) throws -> PromptEncoder.Encoded {
      try encoder.encode(prompt, clipSkip: request.clipSkip, style: request.promptStyle, vocabulary: vocabulary)
    }
    let positive = try encode(request.prompt, vocabulary)
    let negative = try encode(request.negativePrompt, vocabulary)
    warnings += [positive.warning("prompt"), negative.warning("negative prompt")].compactMap { $0 }

    let used = Set(positive.text.ids + negative.text.ids)
    for (word, ids) in zip(words, vocabulary.ids) {
      notes.append(word.note)
      if used.isDisjoint(with: ids) {
        let token = word.embedding.token
        warnings.append(
          "The token \"\(token)\" of \(word.file.path) is in neither prompt, so that it does nothing. Write it into one."
        )
      }
    }
    let learned = try request.negativeEmbeddings.map { try learnedNegative($0, request, encoder) }
    notes += learned.map(\.note)
    let states =
      learned.isEmpty
      ? negative.states
      : LearnedNegative.combine(
        learned, words: negative.text.tokenCount == 0 ? nil : negative.states,
        empty: try encoder.encode("", clipSkip: request.clipSkip).states)
    return PromptStates(positive: positive.states, negative: states, warnings: warnings, notes: notes)
  }

  // MARK: Learned words

  private struct LearnedWordUse {
    let file: FileReference
    let embedding: TokenEmbedding
    let note: String
  }

  private func learnedVocabulary(
    _ request: GenerationRequest, _ encoder: PromptEncoder
  ) throws -> (LearnedVocabulary, [LearnedWordUse]) {
    var vocabulary = encoder.ownVocabulary
    var uses: [LearnedWordUse] = []
    for file in request.embeddings {
      var embeddings = try EmbeddingFile(path: file.path).vectors(width: textWidth)
      if let token = file.token {
        guard embeddings.count == 1 else {
          throw EmbeddingError.several(
            path: file.path, names: embeddings.map(\.token), hint: "Leave =\(token) out to use each by its own token.")
        }
        embeddings[0].token = token
      }
      for embedding in embeddings {
        try check(embedding, of: file, among: uses)
        let space = try space(embedding.space, of: file, request)
        vocabulary.add(embedding)
        uses.append(
          LearnedWordUse(
            file: file, embedding: embedding,
            note: "Embedding \(file.path) (\(file.shortHash)), \"\(embedding.token)\" in a prompt: token vectors, "
              + "\(embedding.count) of width \(embedding.width), \(space)."))
      }
    }
    return (vocabulary, uses)
  }

  private func check(_ embedding: TokenEmbedding, of file: FileReference, among others: [LearnedWordUse]) throws {
    guard embedding.width == textWidth else {
      throw ModelError.wrongShape(
        path: file.path, name: embedding.token, found: [embedding.count, embedding.width],
        expected: "a width of \(textWidth), as this model's tokens have; these of width \(embedding.width) belong to "
          + "another text encoder")
    }
    func refuse(_ reason: String) -> EmbeddingError {
      .badToken(path: file.path, token: embedding.token, reason: reason)
    }
    if embedding.token.isEmpty || embedding.token.contains(where: \.isWhitespace) {
      throw refuse("a token is one word")
    }
    if let other = others.first(where: { $0.embedding.token.lowercased() == embedding.token.lowercased() }) {
      throw refuse("\(other.file.path) has the same")
    }
  }

  // MARK: Learned negatives

  private func learnedNegative(
    _ file: FileReference, _ request: GenerationRequest, _ encoder: PromptEncoder
  ) throws -> LearnedNegative {
    let opened = try EmbeddingFile(path: file.path)
    let weight = file.weight.map { ", weight \($0)" } ?? ""
    let beginning = "Negative embedding \(file.path) (\(file.shortHash)): "
    switch try opened.kind() {
    case .tokenVectors:
      let embeddings = try opened.vectors(width: textWidth)
      for embedding in embeddings { try check(embedding, of: file, among: []) }
      let space = try space(embeddings.first?.space, of: file, request)
      let count = embeddings.reduce(0) { $0 + $1.count }
      return LearnedNegative(
        states: try encoder.states(of: embeddings, clipSkip: request.clipSkip), weight: Float(file.weight ?? 1),
        note: beginning
          + "token vectors, \(count) of width \(textWidth), encoded as a prompt of their own\(weight), \(space).")
    case .encoderStates, .other:
      let embedding = try opened.states()
      try embedding.checkThatItFits(rows: textConfiguration.maxPositionEmbeddings, width: textWidth, path: file.path)
      let space = try space(embedding.space, of: file, request)
      return LearnedNegative(
        states: embedding.states, weight: Float(file.weight ?? 1),
        note: beginning + "encoder states, \(embedding.rows) rows of width \(embedding.width)\(weight), \(space).")
    }
  }

  /// What is to be said of an embedding's space.
  ///
  /// - Throws: `EmbeddingError.foreign`.
  private func space(_ space: TextSpace?, of file: FileReference, _ request: GenerationRequest) throws -> String {
    guard let space else { return "of an unknown space, of which only the size is known to fit" }
    let own = try textSpace(clipSkip: request.clipSkip)
    let closeness = own.closeness(to: space)
    guard closeness.isUsable else {
      throw EmbeddingError.foreign(path: file.path, space: "\(space)", model: "\(own)", closeness: "\(closeness)")
    }
    return "of the space of \(space), \(closeness)"
  }
}

extension FileReference {
  /// The first digits of the hash, as the web UIs show it.
  package var shortHash: String { String((sha256 ?? "").prefix(10)) }
}

extension NegativeEmbedding {
  /// - Throws: `ModelError.wrongShape` with both sizes.
  package func checkThatItFits(rows expected: Int, width: Int, path: String) throws {
    let (name, shape) = ("the embedding", [1, rows, self.width])
    guard rows % expected == 0 else {
      throw ModelError.wrongShape(
        path: path, name: name, found: shape,
        expected: "encoder states [1, \(expected), \(width)] or [\(expected), \(width)]")
    }
    guard self.width == width else {
      throw ModelError.wrongShape(
        path: path, name: name, found: shape,
        expected:
          "a width of \(width), as this model's text states have; these of width \(self.width) belong to another "
          + "text encoder")
    }
  }
}
