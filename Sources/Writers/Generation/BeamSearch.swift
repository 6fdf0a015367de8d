import Foundation
import NegativeSpaceNetworks

/// Beam search for one text, as `GenerationMixin._beam_search` of transformers does it.
struct BeamSearch {
  /// A text with the sum of its tokens' log-probabilities, or that by its length.
  private struct Beam {
    var tokens: [Int]
    var score: Float
    var isFinished = false
  }

  /// What is added to the score of what must not be chosen; the reference's number, and its arithmetic.
  private static let excluded: Float = -1e9

  private let search: TokenSearch
  private let count: Int

  init(_ search: TokenSearch, count: Int) { (self.search, self.count) = (search, count) }

  /// The best text, without start and end.
  func text(_ start: T5DecoderMemory) throws -> [Int] {
    var memory = start
    let (settings, end) = (search.settings, search.model.configuration.eosTokenID)
    let first = search.model.configuration.decoderStartTokenID
    var running = (0..<count).map { Beam(tokens: [first], score: $0 == 0 ? 0 : Self.excluded) }
    var finished = running.map { Beam(tokens: $0.tokens, score: Self.excluded) }
    var length = 0
    var isOver = false
    while !isOver {
      var scores = try search.scores(running.map { $0.tokens[length] }, &memory)
      for (beam, text) in running.enumerated() {
        search.rules.apply(to: &scores[beam], after: text.tokens)
        for token in scores[beam].indices { scores[beam][token] += text.score }
      }
      length += 1

      // Twice as many as beams, so that enough go on even if all beams end.
      let width = scores[0].count
      let best = Array(scores.joined()).largest(2 * count)
      let candidates = best.map { place in
        let (beam, token) = (place / width, place % width)
        return Beam(tokens: running[beam].tokens + [token], score: scores[beam][token])
      }
      let ends = candidates.map { $0.tokens[length] == end || length >= settings.maxTokens }
      let going = zip(candidates, ends).map { $0.score + ($1 ? Self.excluded : 0) }
      let next = going.largest(count)

      finished = merged(finished, candidates, ends, length)
      running = next.map { Beam(tokens: candidates[$0].tokens, score: going[$0]) }
      memory = memory.rows(next.map { best[$0] / width }, sharesEncoded: true)
      isOver =
        ends.allSatisfy { $0 } || !canImprove(running[0].score, finished, length)
        || settings.stopsEarly && finished.allSatisfy(\.isFinished)
    }
    return Array(finished[0].tokens.dropFirst().prefix { $0 != end })
  }

  /// The best finished texts with those that have ended now; only the first of the candidates count.
  private func merged(_ finished: [Beam], _ candidates: [Beam], _ ends: [Bool], _ length: Int) -> [Beam] {
    let isClosed = search.settings.stopsEarly && finished.allSatisfy(\.isFinished)
    let scale = pow(Float(length), search.settings.lengthPenalty)
    let ended = candidates.enumerated().map { index, candidate in
      let hasEnded = ends[index] && index < count
      let score = candidate.score / scale + (isClosed ? Self.excluded : 0) + (hasEnded ? 0 : Self.excluded)
      return Beam(tokens: candidate.tokens, score: score, isFinished: hasEnded)
    }
    let all = finished + ended
    return all.map(\.score).largest(count).map { all[$0] }
  }

  /// Whether the best open text may still become better than the worst finished one.
  private func canImprove(_ score: Float, _ finished: [Beam], _ length: Int) -> Bool {
    let possible = score / pow(Float(length), search.settings.lengthPenalty)
    let worst = finished.map(\.score).min() ?? Self.excluded
    return finished.contains { possible > ($0.isFinished ? worst : Self.excluded) }
  }
}
