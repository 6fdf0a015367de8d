import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceText

/// A learned word of a request.
struct LearnedWordUse {
  let file: FileReference
  let embedding: TokenEmbedding
  /// Its description, in a line.
  let note: String
}

extension PromptConditioner {
  /// The request's learned words, and what is to be said of each.
  ///
  /// - Throws: `RequestError`, `EmbeddingError`, `ModelError`, `TensorFileError`.
  func learnedVocabulary() throws -> (LearnedVocabulary, [LearnedWordUse]) {
    var vocabulary = encoder.ownVocabulary
    var uses: [LearnedWordUse] = []
    for file in request.embeddings {
      var embeddings = try file.words(width: model.textWidth)
      if let token = file.token {
        guard embeddings.count == 1 else {
          throw EmbeddingError.several(
            path: file.path, names: embeddings.map(\.token), hint: "Leave =\(token) out to use each by its own token.")
        }
        embeddings[0].token = token
      }
      for embedding in embeddings {
        try checkWidth(embedding, of: file)
        try checkToken(embedding, of: file, among: uses)
        let space = try space(embedding.space, of: file)
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

  private func checkWidth(_ embedding: TokenEmbedding, of file: FileReference) throws {
    guard embedding.width == model.textWidth else {
      throw ModelError.wrongShape(
        path: file.path, name: embedding.token, found: [embedding.count, embedding.width],
        expected:
          "a width of \(model.textWidth), as this model's tokens have; these of width \(embedding.width) belong to "
          + "another text encoder")
    }
  }

  private func checkToken(_ embedding: TokenEmbedding, of file: FileReference, among others: [LearnedWordUse]) throws {
    func refuse(_ reason: String) -> EmbeddingError {
      .badToken(path: file.path, token: embedding.token, reason: reason)
    }
    if embedding.token.allSatisfy(\.isWhitespace) { throw refuse("it is empty") }
    if let other = others.first(where: { $0.embedding.token.lowercased() == embedding.token.lowercased() }) {
      throw refuse("\(other.file.path) has the same")
    }
  }

  // MARK: Learned negatives

  /// A file's states, whatever it holds.
  ///
  /// - Throws: `RequestError`, `EmbeddingError`, `ModelError`, `TensorFileError`.
  func learnedNegative(_ file: FileReference, by mix: TextEncoderMix) throws -> LearnedNegative {
    let weight = file.weight.map { ", weight \($0)" } ?? ""
    let beginning = "Negative embedding \(file.path) (\(file.shortHash)): "
    switch try file.negative(width: model.textWidth) {
    case .vectors(let embeddings):
      for embedding in embeddings { try checkWidth(embedding, of: file) }
      let space = try space(embeddings.first?.space, of: file)
      let count = embeddings.reduce(0) { $0 + $1.count }
      guard count <= EmbeddingContent.mostVectors else {
        throw EmbeddingError.several(
          path: file.path, names: embeddings.map(\.token),
          hint: "Together they are \(count) vectors; a prompt has room for \(EmbeddingContent.mostVectors).")
      }
      return LearnedNegative(
        states: try mix.states { try $0.states(of: embeddings, clipSkip: request.clipSkip) },
        weight: Float(file.weight ?? 1),
        note: beginning
          + "token vectors, \(count) of width \(model.textWidth), encoded as a prompt of their own\(weight), \(space).")
    case .states(let embedding):
      let space = try space(embedding.space, of: file)
      try embedding.checkThatItFits(
        rows: model.files.text.maxPositionEmbeddings, width: model.textWidth, path: file.path)
      return LearnedNegative(
        states: embedding.states, weight: Float(file.weight ?? 1),
        note: beginning + (embedding.steps > 1 ? "a negative for each of \(embedding.steps) steps, " : "")
          + "encoder states, \(embedding.rows) rows of width \(embedding.width)\(weight), \(space).")
    }
  }

  /// One chunk of encoder states to go on learning from.
  ///
  /// - Throws: `EmbeddingError`, `ModelError`, `TensorFileError`.
  func negative(contentsOf path: String) throws -> NegativeEmbedding {
    let embedding = try NegativeEmbedding(contentsOf: path)
    _ = try space(embedding.space, of: FileReference(path: path))
    let rows = model.files.text.maxPositionEmbeddings
    try embedding.checkThatItFits(rows: rows, width: model.textWidth, path: path)
    guard embedding.rows == rows, embedding.steps == 1 else {
      throw ModelError.wrongShape(
        path: path, name: "the embedding", found: [embedding.steps, embedding.rows, embedding.width],
        expected: "one chunk of encoder states, [1, \(rows), \(model.textWidth)], to learn from")
    }
    return embedding
  }

  /// Closeness of an embedding's space to the encoder's, in words.
  ///
  /// - Throws: `EmbeddingError.foreign`.
  private func space(_ space: TextSpace?, of file: FileReference) throws -> String {
    guard let space else { return "of an unknown space, of which only the size is known to fit" }
    let own = try encoder.space(named: model.textSpaceName, clipSkip: request.clipSkip)
    let closeness = own.closeness(to: space)
    guard closeness.isUsable else {
      throw EmbeddingError.foreign(path: file.path, space: "\(space)", model: "\(own)", closeness: "\(closeness)")
    }
    return "of the space of \(space), \(closeness)"
  }
}

extension DiffusionModel {
  /// One chunk of encoder states to go on learning from.
  ///
  /// - Throws: `EmbeddingError`, `ModelError`, `TensorFileError`.
  package func negative(contentsOf path: String) throws -> NegativeEmbedding {
    let model = try requested()
    return try PromptConditioner(model: model, encoder: parts.promptEncoder(model), request: GenerationRequest())
      .negative(contentsOf: path)
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
