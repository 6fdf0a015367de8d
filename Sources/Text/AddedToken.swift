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
  }

  /// By first character, longest first.
  private let patterns: [Unicode.Scalar: [Pattern]]

  init(_ tokens: [String: Int]) {
    let all = tokens.filter { !$0.key.isEmpty }.map { Pattern(scalars: Array($0.key.unicodeScalars), id: $0.value) }
    let byFirst = Dictionary(grouping: all) { $0.scalars[0] }
    patterns = byFirst.mapValues { $0.sorted { $0.scalars.count > $1.scalars.count } }
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
      if let found = patterns[scalars[position]]?.first(where: { scalars[position...].starts(with: $0.scalars) }) {
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
