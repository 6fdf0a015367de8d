import NegativeSpaceFiles
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceText
import NegativeSpaceTraining
import NegativeSpaceWriters
import Synchronization

/// Learning to write negatives by the scores of pictures: PPO with a penalty for leaving the first writer.
///
/// Updates come in rounds: at a round's first the policy writes for some prompts, pictures are made with and without
/// what it wrote, and all updates of the round learn from these texts.
final class RLTask: TrainingTask {
  /// The validation figure by which the best state is chosen.
  static let figure = "gain"

  let configuration: T5Configuration
  let tokenizer: T5Tokenizer
  let reference: T5ForConditionalGeneration
  let scoring: NegativeScoring
  let settings: RLSettings
  let train: [String]
  private let held: [String]
  let folder: String
  let isCancelled: @Sendable () -> Bool
  let latest = Mutex<(index: Int, round: PolicyRound)?>(nil)

  /// - Parameters:
  ///   - reference: the writer that learning begins with; it does not change.
  ///   - folder: of the run, for its rounds.
  init(
    _ configuration: T5Configuration, _ tokenizer: T5Tokenizer, reference: T5ForConditionalGeneration,
    scoring: NegativeScoring, settings: RLSettings, train: [String], held: [String], folder: String,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    (self.configuration, self.tokenizer, self.reference) = (configuration, tokenizer, reference)
    (self.scoring, self.settings) = (scoring, settings)
    (self.train, self.held, self.folder, self.isCancelled) = (train, held, folder, isCancelled)
  }

  // MARK: Updates

  func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let model = try T5ForConditionalGeneration(configuration, WeightScope(weights))
    let head = try ValueHead(WeightScope(weights), width: configuration.width)
    let index = step / settings.updates
    let round = try withoutGradients { try self.round(index, model, head) }
    let parts = settings.updates / settings.epochs
    let (pass, part) = ((step % settings.updates) / parts, step % parts)
    var random = SplitMix64(seed: settings.seed, stream: 0x6F72_6472, index: UInt64(index * settings.epochs + pass))
    let order = Array(round.texts.indices).shuffled(using: &random)
    let chosen = order[(part * settings.batch)..<min(order.count, (part + 1) * settings.batch)]
    let gains = settings.ppo.gains(round.texts, beta: round.beta)
    let (loss, moved) = settings.ppo.loss(model, head, chosen.map { round.texts[$0] }, chosen.map { gains[$0] })
    let reward = round.texts.reduce(0) { $0 + $1.reward } / Float(round.texts.count)
    return (
      loss,
      [
        Figure("reward of the round", reward), Figure("divergence of the round", round.divergence),
        Figure("weight of the divergence", round.beta), Figure("moved in the round", moved),
      ]
    )
  }

  // MARK: Looking at it

  /// What is written for the held-out prompts, the likeliest token each time.
  private func written(_ weights: SnapshotWeights) throws -> [(prompt: String, raw: String, negative: String)] {
    let model = try T5ForConditionalGeneration(configuration, WeightScope(weights))
    var choice = TextGenerationSettings()
    choice.maxTokens = settings.maxTokens
    let ids = held.map { tokenizer.encode($0, limit: NegativeWriter.promptLimit).ids }
    return zip(held, try search(model, choice).texts(ids, stream: 0)).map {
      ($0, tokenizer.decode($1), cleaned($1))
    }
  }

  func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let texts = try written(weights)
    var marginal = ClassMarginal(shares: try PolicyRound((step - 1) / settings.updates, in: folder)?.marginal ?? [])
    let gains = try gains(texts.map(\.prompt), texts.map(\.negative), &marginal)
    func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(max(1, values.count)) }
    return [
      Figure(Self.figure, mean(gains)), Figure("share that gains", mean(gains.map { $0 > 0 ? 1 : 0 })),
      Figure("tokens", mean(texts.map { Float(scoring.tokens(in: $0.negative)) })),
      Figure("different", Float(Set(texts.map(\.negative)).count) / Float(max(1, texts.count))),
      Figure("empty", mean(texts.map { $0.negative.isEmpty ? 1 : 0 })),
    ]
  }

  /// The first held-out prompts: what is written, and pictures without (left) and with it.
  func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let texts = try written(weights).prefix(8)
    let lines = texts.map { "prompt:  \($0.prompt)\nwritten: \($0.negative)\n" }
    try OutputFile.write(lines.joined(separator: "\n"), to: "\(folder)/samples-\(step).txt")
    let keys = texts.flatMap { text in
      ["", text.negative].map { NegativeScoring.Key(prompt: text.prompt, negative: $0, seed: 10_000) }
    }
    try SampleSheet.write(
      try scoring.frames(keys, isCancelled: isCancelled), columns: 4, to: "\(folder)/samples-\(step).png")
  }
}
