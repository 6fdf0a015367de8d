import Foundation

/// Text to CLIP's token ids and back, equal to `transformers.CLIPTokenizer` (5.x, the fast one).
///
/// Known differences from OpenAI's and open_clip's tokenizers: no repair of broken encodings, no HTML unescaping, and a
/// special token that is typed in a prompt becomes that token.
package struct CLIPTokenizer: Sendable {
  /// Number of ids that a text encoder of the CLIP family takes.
  package static let contextLength = 77

  /// The ids that begin and end every text.
  package let beginning: Int
  package let end: Int
  /// Fills up to the context length: the end again in Stable Diffusion 1.x, 0 in 2.x and ModelScope.
  package var padding: Int

  private let vocabulary: Vocabulary
  private let encoder: BytePairEncoder
  /// Added tokens that are looked for in the text as typed, and in the normalised text.
  private let typed: AddedTokenSplitter
  private var normalized: AddedTokenSplitter
  private let added: [Int: String]
  /// By the first of their ids.
  private var learned: [Int: LearnedWord] = [:]

  init(
    vocabulary: Vocabulary, encoder: BytePairEncoder, added: [AddedToken: Int], beginning: Int, end: Int, padding: Int
  ) {
    self.vocabulary = vocabulary
    self.encoder = encoder
    self.beginning = beginning
    self.end = end
    self.padding = padding
    func splitter(normalized: Bool) -> AddedTokenSplitter {
      let chosen = added.filter { $0.key.normalized == normalized }
      let contents = chosen.map { (normalized ? TextNormalizer.normalized($0.key.content) : $0.key.content, $0.value) }
      return AddedTokenSplitter(Dictionary(contents, uniquingKeysWith: { first, _ in first }))
    }
    typed = splitter(normalized: false)
    normalized = splitter(normalized: true)
    self.added = Dictionary(added.map { ($1, $0.content) }, uniquingKeysWith: { first, _ in first })
  }

  /// The same tokenizer, which also finds `words`: whole words, in upper or lower case, the longest first.
  package func adding(_ words: [LearnedWord]) -> CLIPTokenizer {
    var result = self
    let contents = words.map { (TextNormalizer.normalized($0.content), $0.ids.lowerBound) }
    result.normalized = normalized.adding(words: Dictionary(contents, uniquingKeysWith: { first, _ in first }))
    for word in words where result.learned[word.ids.lowerBound] == nil { result.learned[word.ids.lowerBound] = word }
    return result
  }

  /// The learned word whose vectors begin with `id`.
  func learnedWord(from id: Int) -> LearnedWord? { learned[id] }

  /// Number of different tokens, added ones included.
  package var vocabularyCount: Int {
    vocabulary.count + added.keys.count(where: { vocabulary.token(of: $0) == nil })
  }

  /// The ids of `text` alone, without beginning, end or padding, however many there are.
  package func tokens(in text: String) -> [Int] {
    typed.pieces(of: text).flatMap { piece -> [Int] in
      guard case .text(let typedText) = piece else { return ids(of: piece) }
      return normalized.pieces(of: TextNormalizer.normalized(typedText)).flatMap(ids)
    }
  }

  private func ids(of piece: AddedTokenSplitter.Piece) -> [Int] {
    switch piece {
    case .token(let id): learned[id].map { Array($0.ids) } ?? [id]
    case .text(let text): WordSplitter.words(in: text).flatMap(encoder.ids)
    }
  }

  /// `text` as exactly `length` ids; what does not fit is cut from its end and reported.
  package func encode(_ text: String, length: Int = contextLength) -> TokenizedText {
    precondition(length >= 2, "encode: \(length) ids have no room for beginning and end")
    let all = tokens(in: text)
    let kept = all.prefix(length - 2)
    let cut = all.dropFirst(length - 2)
    let filling = Array(repeating: padding, count: length - 2 - kept.count)
    return TokenizedText(
      ids: [beginning] + kept + [end] + filling,
      tokenCount: kept.count, cutCount: cut.count, cutText: decode(Array(cut)))
  }

  /// The text that `ids` stand for, with one space after each word; ids outside the vocabulary are left out.
  package func decode(_ ids: [Int]) -> String {
    let bytes = ids.flatMap { id -> [UInt8] in
      if let special = added[id] { return Array(special.utf8) }
      if let word = learned[id] { return Array((word.content + " ").utf8) }
      return vocabulary.token(of: id).map(ByteAlphabet.bytes) ?? []
    }
    return String(decoding: bytes, as: UTF8.self)
      .replacingOccurrences(of: BytePairEncoder.wordEnd, with: " ")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
