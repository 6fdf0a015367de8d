package import NegativeSpaceText

/// Words that were learned, as additions to an encoder's vocabulary.
package struct LearnedVocabulary: Sendable, Hashable {
  package private(set) var embeddings: [TokenEmbedding] = []
  /// The first id that the encoder itself does not have.
  package let firstID: Int

  package init(firstID: Int) { self.firstID = firstID }

  package var isEmpty: Bool { embeddings.isEmpty }

  package mutating func add(_ embedding: TokenEmbedding) { embeddings.append(embedding) }

  /// The ids of each embedding, in order.
  package var ids: [Range<Int>] {
    var next = firstID
    return embeddings.map { embedding in
      defer { next += embedding.count }
      return next..<(next + embedding.count)
    }
  }

  /// The words that stand for them: the token, and as ComfyUI writes it, `embedding:` and the token.
  package var words: [LearnedWord] {
    zip(embeddings, ids).flatMap { embedding, ids in
      [LearnedWord(embedding.token, ids: ids), LearnedWord("embedding:" + embedding.token, ids: ids)]
    }
  }

  /// The vector of an id from `firstID` on.
  package func vector(of id: Int) -> ArraySlice<Float> {
    for (embedding, ids) in zip(embeddings, ids) where ids.contains(id) {
      let start = (id - ids.lowerBound) * embedding.width
      return embedding.values[start..<(start + embedding.width)]
    }
    preconditionFailure("LearnedVocabulary: no vector has the id \(id)")
  }
}
