/// Byte-pair merging of one word at a time with a vocabulary in CLIP's form: the last symbol of a word ends in `</w>`.
///
/// The pair of lowest rank is merged first, the leftmost among equals, as in the `tokenizers` library.
struct BytePairEncoder: Sendable {
  /// The result of merging two neighbours, and its rank: the lowest merges first.
  struct Merge: Sendable {
    let rank: Int
    let result: Int
  }

  static let wordEnd = "</w>"

  /// The ids of the 256 single bytes, inside a word and at its end; nil where the vocabulary lacks one.
  private let inner: [Int?]
  private let final: [Int?]
  private let merges: [Pair: Merge]
  /// Stands for a byte that the vocabulary lacks.
  private let unknown: Int

  struct Pair: Hashable, Sendable {
    let left: Int
    let right: Int
  }

  init(vocabulary: Vocabulary, merges: [Pair: Merge], unknown: Int) {
    inner = ByteAlphabet.characters.map { vocabulary.id(of: String($0)) }
    final = ByteAlphabet.characters.map { vocabulary.id(of: String($0) + Self.wordEnd) }
    self.merges = merges
    self.unknown = unknown
  }

  /// The ids of `word`, which holds no white space.
  func ids(of word: String) -> [Int] {
    let bytes = Array(word.utf8)
    guard let last = bytes.last else { return [] }
    var chain = Chain(bytes.dropLast().map { inner[Int($0)] ?? unknown } + [final[Int(last)] ?? unknown])
    var queue = MergeQueue()
    for position in 0..<bytes.count - 1 { offer(position, of: chain, to: &queue) }

    while let candidate = queue.popFirst() {
      // Neighbours may have changed since the candidate was queued.
      guard let pair = chain.pair(at: candidate.position), let merge = merges[pair],
        merge.result == candidate.result
      else { continue }
      chain.mergeNext(at: candidate.position, into: merge.result)
      offer(candidate.position, of: chain, to: &queue)
      if let previous = chain.previous(of: candidate.position) { offer(previous, of: chain, to: &queue) }
    }
    return chain.symbols
  }

  private func offer(_ position: Int, of chain: Chain, to queue: inout MergeQueue) {
    guard let pair = chain.pair(at: position), let merge = merges[pair] else { return }
    queue.insert(MergeQueue.Candidate(rank: merge.rank, position: position, result: merge.result))
  }
}

/// The symbols of a word as a linked list, so that a merge costs the same wherever it happens.
private struct Chain {
  /// Negative where a symbol was merged into the one before it.
  private var ids: [Int]
  private var next: [Int]
  private var before: [Int]

  init(_ ids: [Int]) {
    self.ids = ids
    next = Array(1...ids.count)
    before = Array(-1..<ids.count - 1)
  }

  var symbols: [Int] { ids.filter { $0 >= 0 } }

  func previous(of position: Int) -> Int? { before[position] >= 0 ? before[position] : nil }

  func pair(at position: Int) -> BytePairEncoder.Pair? {
    guard ids[position] >= 0, next[position] < ids.count else { return nil }
    return BytePairEncoder.Pair(left: ids[position], right: ids[next[position]])
  }

  mutating func mergeNext(at position: Int, into id: Int) {
    let gone = next[position]
    ids[position] = id
    ids[gone] = -1
    next[position] = next[gone]
    if next[gone] < ids.count { before[next[gone]] = position }
  }
}
