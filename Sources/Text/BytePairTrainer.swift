/// Learns a small vocabulary in CLIP's form from captions.
///
/// Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", algorithm 1, on words as CLIP cuts
/// them: the most frequent pair of neighbours becomes a token, again and again. Among equally frequent pairs the one
/// whose texts come first in scalar order wins, so the result depends on the captions alone and not on their order.
package struct BytePairTrainer {
  private typealias Pair = BytePairEncoder.Pair

  private struct Word {
    var symbols: [Int]
    let count: Int
  }

  private var tokens: [String]
  private var words: [Word]
  private var counts: [Pair: Int] = [:]

  /// The vocabulary of `captions`: 256 bytes, 256 bytes at a word's end, merges, and the two special tokens.
  ///
  /// - Parameters:
  ///   - entries: most entries of the vocabulary; at least 514.
  ///   - leastCount: fewest occurrences of a pair that becomes a token.
  package static func vocabulary(
    of captions: [String], entries: Int, leastCount: Int = 2
  ) -> TrainedVocabulary {
    precondition(entries >= 514, "a CLIP vocabulary has at least 514 entries, not \(entries)")
    var trainer = BytePairTrainer(captions)
    var merges: [TrainedVocabulary.Merge] = []
    while trainer.tokens.count + 2 < entries, let (pair, count) = trainer.best, count >= max(1, leastCount) {
      merges.append(TrainedVocabulary.Merge(left: trainer.tokens[pair.left], right: trainer.tokens[pair.right]))
      trainer.merge(pair)
    }
    return TrainedVocabulary(tokens: trainer.tokens, merges: merges)
  }

  private init(_ captions: [String]) {
    let characters = ByteAlphabet.vocabularyOrder.map { String(ByteAlphabet.characters[Int($0)]) }
    tokens = characters + characters.map { $0 + BytePairEncoder.wordEnd }
    var number = [Int](repeating: 0, count: 256)
    for (index, byte) in ByteAlphabet.vocabularyOrder.enumerated() { number[Int(byte)] = index }

    var frequency: [String: Int] = [:]
    for caption in captions {
      for word in WordSplitter.words(in: TextNormalizer.normalized(caption)) { frequency[word, default: 0] += 1 }
    }
    words = frequency.map { word, count in
      var symbols = word.utf8.map { number[Int($0)] }
      symbols[symbols.count - 1] += 256
      return Word(symbols: symbols, count: count)
    }
    for word in words { count(word, by: word.count) }
  }

  private mutating func count(_ word: Word, by change: Int) {
    for (left, right) in zip(word.symbols, word.symbols.dropFirst()) {
      counts[Pair(left: left, right: right), default: 0] += change
    }
  }

  private var best: (pair: Pair, count: Int)? {
    counts.max { first, second in
      guard first.value == second.value else { return first.value < second.value }
      return comes(second.key, before: first.key)
    }.map { ($0.key, $0.value) }
  }

  private func comes(_ pair: Pair, before other: Pair) -> Bool {
    let texts = [pair.left, pair.right, other.left, other.right].map { tokens[$0].unicodeScalars.map(\.value) }
    if texts[0] != texts[2] { return texts[0].lexicographicallyPrecedes(texts[2]) }
    return texts[1].lexicographicallyPrecedes(texts[3])
  }

  private mutating func merge(_ pair: Pair) {
    let fresh = tokens.count
    tokens.append(tokens[pair.left] + tokens[pair.right])
    for index in words.indices {
      let merged = Self.merged(words[index].symbols, pair, into: fresh)
      guard merged.count < words[index].symbols.count else { continue }
      count(words[index], by: -words[index].count)
      words[index].symbols = merged
      count(words[index], by: words[index].count)
    }
    counts[pair] = nil
  }

  /// `symbols` with every occurrence of `pair`, from the left, replaced.
  private static func merged(_ symbols: [Int], _ pair: Pair, into fresh: Int) -> [Int] {
    var merged: [Int] = []
    for symbol in symbols {
      if symbol == pair.right, merged.last == pair.left {
        merged[merged.count - 1] = fresh
      } else {
        merged.append(symbol)
      }
    }
    return merged
  }
}
