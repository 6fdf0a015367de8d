/// A token that is found in text as a whole, before anything is cut into words.
struct AddedToken: Sendable, Hashable {
  let content: String
  /// Whether it is looked for after the text was normalised (so `<|ENDOFTEXT|>` is found too) or as typed.
  let normalized: Bool
}

/// Finds added tokens in text, leftmost first and the longest among those that begin at one place.
struct AddedTokenSplitter: Sendable {
  enum Piece: Equatable {
    case text(String)
    case token(Int)
  }

  private struct Pattern: Sendable {
    let scalars: [Unicode.Scalar]
    let id: Int
    /// Whether it is found only as a whole word, not where letters or digits next to it make it part of another.
    let isWord: Bool

    func isFound(in text: [Unicode.Scalar], at position: Int) -> Bool {
      guard text[position...].starts(with: scalars) else { return false }
      guard isWord else { return true }
      let end = position + scalars.count
      func joins(_ one: Unicode.Scalar, _ other: Unicode.Scalar) -> Bool {
        one.isWordCharacter && other.isWordCharacter
      }
      if position > 0, joins(text[position - 1], scalars[0]) { return false }
      return end == text.count || !joins(scalars[scalars.count - 1], text[end])
    }
  }

  /// By first character, longest first.
  private let patterns: [Unicode.Scalar: [Pattern]]

  init(_ tokens: [String: Int]) { self.init(Self.patterns(tokens, areWords: false)) }

  private init(_ all: [Pattern]) {
    let byFirst = Dictionary(grouping: all) { $0.scalars[0] }
    patterns = byFirst.mapValues { $0.sorted { $0.scalars.count > $1.scalars.count } }
  }

  private static func patterns(_ tokens: [String: Int], areWords: Bool) -> [Pattern] {
    tokens.filter { !$0.key.isEmpty }
      .map { Pattern(scalars: Array($0.key.unicodeScalars), id: $0.value, isWord: areWords) }
  }

  /// The same with tokens that are only found as whole words: "cat" neither in "cats" nor in "concatenate", but in
  /// "(cat)".
  func adding(words: [String: Int]) -> AddedTokenSplitter {
    AddedTokenSplitter(patterns.values.flatMap { $0 } + Self.patterns(words, areWords: true))
  }

  /// `text` in order, cut at every token; no piece of text is empty.
  func pieces(of text: String) -> [Piece] {
    let scalars = Array(text.unicodeScalars)
    var pieces: [Piece] = []
    var between = 0..<0
    var position = 0

    func close() {
      if !between.isEmpty { pieces.append(.text(String(ofScalars: scalars[between]))) }
    }

    while position < scalars.count {
      if let found = patterns[scalars[position]]?.first(where: { $0.isFound(in: scalars, at: position) }) {
        close()
        pieces.append(.token(found.id))
        position += found.scalars.count
        between = position..<position
      } else {
        position += 1
        between = between.lowerBound..<position
      }
    }
    close()
    return pieces
  }
}

extension Unicode.Scalar {
  /// Letters, digits, and what belongs to them; `\w` of most languages without the underscore.
  var isWordCharacter: Bool { properties.isAlphabetic || properties.numericType != nil }
}
