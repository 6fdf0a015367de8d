import Foundation

/// What changes the scores of next tokens, in the order in which transformers' logits processors do it.
struct TokenRules {
  let settings: TextGenerationSettings
  let end: Int

  /// Changes the scores of the token after `tokens`, the first of which is the start.
  func apply(to scores: inout [Float], after tokens: [Int]) {
    if settings.repetitionPenalty != 1 {
      for token in Set(tokens) where scores.indices.contains(token) {
        let score = scores[token]
        scores[token] = score < 0 ? score * settings.repetitionPenalty : score / settings.repetitionPenalty
      }
    }
    for token in repeating(tokens) where scores.indices.contains(token) { scores[token] = -.infinity }
    if tokens.count - 1 < settings.minTokens { scores[end] = -.infinity }
  }

  /// Tokens that would make a sequence occur a second time.
  private func repeating(_ tokens: [Int]) -> [Int] {
    let length = settings.noRepeatNGram
    guard length > 0, tokens.count + 1 >= length else { return [] }
    let last = tokens.suffix(length - 1)
    return (0..<max(0, tokens.count - length + 1)).compactMap { start in
      tokens[start..<(start + length - 1)].elementsEqual(last) ? tokens[start + length - 1] : nil
    }
  }
}

/// Sampling's share of the scores' rules, and the draw.
struct TokenSampling {
  let temperature: Float
  let topK: Int
  let topP: Float

  /// The probabilities of drawing each token; those left out have 0.
  func probabilities(_ scores: [Float]) -> [Float] {
    var scores = scores.map { $0 / temperature }
    if topK > 0, topK < scores.count {
      let least = scores.sorted(by: >)[topK - 1]
      for index in scores.indices where scores[index] < least { scores[index] = -.infinity }
    }
    var shares = Self.softmax(scores)
    if topP < 1 {
      // From the least likely on, what has 1 − p together goes; the likeliest always stays.
      var sum: Float = 0
      let ascending = shares.indices.sorted { shares[$0] < shares[$1] }
      for index in ascending.dropLast() {
        sum += shares[index]
        if sum <= 1 - topP { scores[index] = -.infinity }
      }
      shares = Self.softmax(scores)
    }
    return shares
  }

  private static func softmax(_ scores: [Float]) -> [Float] {
    let largest = scores.max() ?? 0
    let powers = scores.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
