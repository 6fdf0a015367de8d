import Foundation
import NegativeSpaceNetworks

/// Diverse beam search for one text (arXiv:1610.02424), as transformers' `BeamSearchScorer` and
/// `HammingDiversityLogitsProcessor` do it: a group loses `penalty` for each earlier group that chose the same token.
struct DiverseBeamSearch {
  let search: TokenSearch
  let groups: Int
  let size: Int
  let penalty: Float

  init(_ search: TokenSearch, groups: Int, size: Int, penalty: Float) {
    (self.search, self.groups, self.size, self.penalty) = (search, groups, size, penalty)
  }

  private struct Beam {
    var tokens: [Int]
    var score: Float
  }

  /// The finished texts of a group, at most as many as its beams.
  private struct Finished {
    var texts: [Beam] = []
    var isDone = false
    let size: Int

    var worst: Float { texts.map(\.score).min() ?? .infinity }

    mutating func add(_ text: Beam) {
      guard texts.count < size || text.score > worst else { return }
      texts.append(text)
      if texts.count > size, let least = texts.indices.min(by: { texts[$0].score < texts[$1].score }) {
        texts.remove(at: least)
      }
    }
  }

  /// The best text of all groups, without start and end.
  func text(_ start: T5DecoderMemory) throws -> [Int] {
    var memory = start
    let configuration = search.model.configuration
    let first = configuration.decoderStartTokenID
    var beams = (0..<(groups * size)).map { Beam(tokens: [first], score: $0 % size == 0 ? 0 : -1e9) }
    var finished = [Finished](repeating: Finished(size: size), count: groups)
    var length = 0
    while length < search.settings.maxTokens, !finished.allSatisfy(\.isDone) {
      let scores = try search.scores(beams.map { $0.tokens[length] }, &memory)
      length += 1
      var (next, origins): ([Beam], [Int]) = ([], [])
      for group in 0..<groups {
        let range = (group * size)..<((group + 1) * size)
        if finished[group].isDone {
          next += range.map { _ in Beam(tokens: beams[range.lowerBound].tokens + [configuration.padTokenID], score: 0) }
          origins += range.map { _ in range.lowerBound }
          continue
        }
        let chosen = advance(
          Array(beams[range]), Array(scores[range]), avoiding: next.map { $0.tokens[length] }, &finished[group], length)
        next += chosen.map(\.beam)
        origins += chosen.map { range.lowerBound + $0.origin }
      }
      beams = next
      memory = memory.rows(origins, sharesEncoded: true)
    }
    for group in 0..<groups where !finished[group].isDone {
      for beam in beams[(group * size)..<((group + 1) * size)] {
        finished[group].add(Beam(tokens: beam.tokens, score: beam.score / scale(length)))
      }
    }
    let texts = finished.flatMap(\.texts)
    // Of equals the last.
    let best = texts.reversed().max { $0.score < $1.score }?.tokens ?? []
    return Array(best.dropFirst().prefix { $0 != configuration.eosTokenID })
  }

  private func scale(_ length: Int) -> Float { pow(Float(length), search.settings.lengthPenalty) }

  /// The beams of a group with one more token; ended ones go to `finished`.
  private func advance(
    _ beams: [Beam], _ scores: [[Float]], avoiding tokens: [Int], _ finished: inout Finished, _ length: Int
  ) -> [(beam: Beam, origin: Int)] {
    var all: [Float] = []
    for (beam, row) in zip(beams, scores) {
      var row = row
      for token in tokens { row[token] -= penalty }
      search.rules.apply(to: &row, after: beam.tokens)
      all += row.map { $0 + beam.score }
    }
    let width = scores[0].count
    let best = all.largest(2 * size)
    var going: [(beam: Beam, origin: Int)] = []
    for (rank, index) in best.enumerated() where going.count < size {
      let (origin, token) = (index / width, index % width)
      if token != search.model.configuration.eosTokenID {
        going.append((Beam(tokens: beams[origin].tokens + [token], score: all[index]), origin))
      } else if rank < size {
        finished.add(Beam(tokens: beams[origin].tokens, score: all[index] / scale(length)))
      }
    }
    if finished.texts.count == size {
      finished.isDone = search.settings.stopsEarly || finished.worst >= all[best[0]] / scale(length)
    }
    return going
  }
}
