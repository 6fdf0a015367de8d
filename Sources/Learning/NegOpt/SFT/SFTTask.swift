import NegativeSpaceFiles
import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceTensors
package import NegativeSpaceText
package import NegativeSpaceTraining
import NegativeSpaceWriters

/// Learning to write the negatives that people wrote: the cross-entropy of their tokens, given the prompt.
package struct SFTTask: TrainingTask {
  /// The validation figure by which the best state is chosen.
  package static let figure = "log-likelihood"

  private let configuration: T5Configuration
  private let tokenizer: T5Tokenizer
  private let settings: SFTSettings
  private let batches: PairBatches
  private let scored: [PairBatches.Row]
  private let written: [NegativePair]
  /// The commonest negative, in lower case.
  private let commonest: String
  /// Asked before every call of a network in validation; true ends it with `CancellationError`.
  package var isCancelled: @Sendable () -> Bool = { false }

  /// - Throws: `TrainingError.missingInput` where there is nothing to learn on.
  package init(
    _ configuration: T5Configuration, _ tokenizer: T5Tokenizer, pairs: NegativePairs, settings: SFTSettings
  ) throws {
    guard !pairs.train.isEmpty, !pairs.held.isEmpty else {
      throw TrainingError.missingInput(
        "there are \(pairs.train.count) pairs to learn on and \(pairs.held.count) to validate on; give more data, or "
          + "hold another share of its prompts out")
    }
    (self.configuration, self.tokenizer, self.settings) = (configuration, tokenizer, settings)
    batches = PairBatches(
      pairs.train.map { PairBatches.Row($0, tokenizer, settings) }, batch: settings.batch, seed: settings.seed)
    scored = pairs.held.prefix(settings.scoredPairs).map { PairBatches.Row($0, tokenizer, settings) }
    written = Array(pairs.held.prefix(settings.writtenPairs))
    commonest = pairs.statistics.commonest(1).first?.negative.lowercased() ?? ""
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let all = batches.rows(step: step)
    let own = shard.samples(step: 0, batch: all.count).map { all[$0] }
    let model = try T5ForConditionalGeneration(configuration, WeightScope(weights))
    let tokens = all.reduce(0) { $0 + $1.negative.count }
    // The mean over the whole batch's tokens, of which the shards' mean is made.
    let share = Float(shard.count) / Float(tokens)
    return (Self.negativeLogLikelihood(model, own).sum() * share, [])
  }

  /// The negative log-likelihood of each token of the negatives; padding has 0.
  package static func negativeLogLikelihood(_ model: T5ForConditionalGeneration, _ rows: [PairBatches.Row]) -> Tensor {
    let configuration = model.configuration
    let prompts = TokenBatch(rows.map(\.prompt), padding: configuration.padTokenID)
    let targets = TokenBatch(rows.map(\.negative), padding: configuration.padTokenID)
    let inputs = targets.rows.map { [configuration.decoderStartTokenID] + $0.dropLast() }
    let logits = model(prompts.rows, mask: prompts.mask, decoderTokens: inputs)
    let found = logits.reshaped([-1, configuration.vocabSize]).logSoftmax().picked(targets.rows.flatMap { $0 })
    let mask = targets.mask ?? Tensor(repeating: 1, shape: [rows.count, inputs.first?.count ?? 0])
    return found.reshaped(mask.shape) * mask * -1
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let model = try T5ForConditionalGeneration(configuration, WeightScope(weights))
    let likelihood = try withoutGradients { -(try meanLoss(model)) }
    let texts = try texts(model)
    let rouge = zip(texts, written).map { ROUGE($0.cleaned.text, against: $1.negative) }
    func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(max(1, values.count)) }
    return [
      Figure(Self.figure, likelihood), Figure("ROUGE-1", mean(rouge.map(\.one))),
      Figure("ROUGE-2", mean(rouge.map(\.two))), Figure("ROUGE-L", mean(rouge.map(\.longest))),
      Figure("copies of the commonest", mean(texts.map { $0.raw.lowercased() == commonest ? 1 : 0 })),
      Figure("with repeats", mean(texts.map { $0.cleaned.repeats > 0 ? 1 : 0 })),
      Figure("empty", mean(texts.map { $0.text.isEmpty ? 1 : 0 })),
    ]
  }

  /// The mean cross-entropy of a held-out token.
  private func meanLoss(_ model: T5ForConditionalGeneration) throws -> Float {
    var (sum, count): (Float, Int) = (0, 0)
    for start in stride(from: 0, to: scored.count, by: settings.batch) {
      if isCancelled() { throw CancellationError() }
      let rows = Array(scored[start..<min(scored.count, start + settings.batch)])
      sum += Self.negativeLogLikelihood(model, rows).sum().item
      count += rows.reduce(0) { $0 + $1.negative.count }
    }
    return sum / Float(max(1, count))
  }

  /// What is written for the held-out prompts, the likeliest token each time.
  private func texts(_ model: T5ForConditionalGeneration) throws -> [WrittenNegative] {
    var choice = TextGenerationSettings()
    choice.maxTokens = settings.negativeTokens
    var search = try TokenSearch(model, choice)
    search.isCancelled = isCancelled
    let prompts = written.map { tokenizer.encode($0.prompt, limit: settings.promptTokens).ids }
    return zip(written, try search.texts(prompts, stream: 0)).map { pair, ids in
      WrittenNegative(prompt: pair.prompt, raw: tokenizer.decode(ids)) { tokenizer.tokens(in: $0).count }
    }
  }

  /// The first held-out prompts with what is written for them and what people wrote.
  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let model = try T5ForConditionalGeneration(configuration, WeightScope(weights))
    let lines = zip(try texts(model), written).prefix(16).map { text, pair in
      "prompt:  \(pair.prompt)\nwritten: \(text.text)\npeople:  \(pair.negative)\n"
    }
    try OutputFile.write(lines.joined(separator: "\n"), to: "\(folder)/samples-\(step).txt")
  }
}
