import NegativeSpaceTensors
import NegativeSpaceText

/// Pairs as tokens, in buckets of about equal length, so that a batch is filled up little.
package struct PairBatches: Sendable {
  /// Tokens of a prompt and of its negative, each with its end.
  package struct Row: Sendable, Hashable {
    package let prompt: [Int]
    package let negative: [Int]

    package init(prompt: [Int], negative: [Int]) { (self.prompt, self.negative) = (prompt, negative) }

    var length: Int { prompt.count + 2 * negative.count }
  }

  /// Rows of one bucket each.
  private let buckets: [[Row]]
  private let seed: UInt64
  private let batch: Int

  /// - Parameter batch: rows a step.
  package init(_ rows: [Row], batch: Int, seed: UInt64) {
    let sorted = rows.sorted { ($0.length, $0.negative.count) < ($1.length, $1.negative.count) }
    // Sixteen batches are bucket enough to mix, and few enough to be of one length.
    let size = max(16 * batch, 1)
    buckets = stride(from: 0, to: sorted.count, by: size).map { Array(sorted[$0..<min(sorted.count, $0 + size)]) }
    (self.seed, self.batch) = (seed, batch)
  }

  /// The rows of a step, from one bucket, larger ones more often.
  package func rows(step: Int) -> [Row] {
    var random = SplitMix64(seed: seed, stream: 0x7061_6972, index: UInt64(step))
    let bucket = buckets[random.pick(weights: buckets.map { Float($0.count) })]
    return (0..<batch).map { _ in bucket[random.below(bucket.count)] }
  }
}

extension PairBatches.Row {
  init(_ pair: NegativePair, _ tokenizer: T5Tokenizer, _ settings: SFTSettings) {
    self.init(
      prompt: tokenizer.encode(pair.prompt, limit: settings.promptTokens).ids,
      negative: tokenizer.encode(pair.negative, limit: settings.negativeTokens).ids)
  }
}
