/// The pieces of a unigram model (arXiv:1804.10959), and the likeliest way to cut a word into them.
///
/// Sums are in float64 as in transformers' tokenizers: SentencePiece's are in float32, whose rounding chooses among ways
/// that are equally likely.
struct UnigramPieces: Sendable {
  /// What an unknown character costs beyond the least likely piece.
  private static let unknownPenalty = 10.0

  /// The node after a node and a byte, of a tree of all pieces; the root is 0.
  private var next: [Int: Int] = [:]
  /// Number of the piece that ends at a node; negative for none.
  private var ends: [Int] = [-1]
  private let scores: [Double]
  private let unknown: Int
  private let unknownScore: Double

  init(_ contents: SentencePieceContents) {
    scores = contents.pieces.map { Double($0.score) }
    unknown = contents.unknown
    unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
    for (id, piece) in contents.pieces.enumerated() where piece.kind == .normal || piece.kind == .userDefined {
      var node = 0
      for byte in piece.text.utf8 {
        let key = node << 8 | Int(byte)
        if let known = next[key] {
          node = known
        } else {
          next[key] = ends.count
          node = ends.count
          ends.append(-1)
        }
      }
      ends[node] = id
    }
  }

  /// The best way to a place of a word.
  private struct Path {
    var score = 0.0
    var piece = -1
    var start = -1
  }

  /// The numbers of a word's pieces; neighbouring unknown characters are one.
  func ids(of word: ArraySlice<UInt8>) -> [Int] {
    let first = word.startIndex
    var paths = [Path](repeating: Path(), count: word.count + 1)
    func reach(_ place: Int, _ score: Double, _ piece: Int, from start: Int) {
      guard paths[place].start < 0 || score > paths[place].score else { return }
      paths[place] = Path(score: score, piece: piece, start: start)
    }
    var start = 0
    while start < word.count {
      let length = min(Self.length(word[first + start]), word.count - start)
      var (node, isKnown) = (0, false)
      for place in start..<word.count {
        guard let after = next[node << 8 | Int(word[first + place])] else { break }
        node = after
        guard ends[node] >= 0 else { continue }
        reach(place + 1, paths[start].score + scores[ends[node]], ends[node], from: start)
        if place + 1 == start + length { isKnown = true }
      }
      if !isKnown { reach(start + length, paths[start].score + unknownScore, unknown, from: start) }
      start += length
    }
    var (ids, place): ([Int], Int) = ([], word.count)
    while place > 0 {
      let path = paths[place]
      if path.piece != unknown || ids.last != unknown { ids.append(path.piece) }
      place = path.start
    }
    return ids.reversed()
  }

  /// Bytes of the character that begins with this one.
  private static func length(_ byte: UInt8) -> Int { byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4 }
}
