import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceText
import NegativeSpaceTraining
import NegativeSpaceWriters
import Synchronization

extension RLTask {
  /// The texts of a round: those of its file, or new ones.
  func round(_ index: Int, _ model: T5ForConditionalGeneration, _ head: ValueHead) throws -> PolicyRound {
    if let latest = latest.withLock({ $0 }), latest.index == index { return latest.round }
    let round = try PolicyRound(index, in: folder) ?? fresh(index, model, head)
    latest.withLock { $0 = (index, round) }
    guard round.divergence <= settings.divergenceLimit else {
      throw LearningError.collapsed(divergence: round.divergence, limit: settings.divergenceLimit, folder: folder)
    }
    return round
  }

  private func fresh(_ index: Int, _ model: T5ForConditionalGeneration, _ head: ValueHead) throws -> PolicyRound {
    var divergence = AdaptiveDivergence(
      beta: settings.divergenceWeight, target: settings.divergenceTarget, horizon: settings.divergenceHorizon)
    var marginal = ClassMarginal()
    if index > 0 {
      guard let before = try PolicyRound(index - 1, in: folder) else {
        throw TrainingError.missingInput(
          "\(PolicyRound.path(index - 1, in: folder)) is not there, which the run goes on from; begin again in another folder"
        )
      }
      divergence.beta = before.beta
      divergence.update(before.divergence, count: before.texts.count)
      marginal = ClassMarginal(shares: before.marginal)
    }
    var random = SplitMix64(seed: settings.seed, stream: 0x726F_756E, index: UInt64(index))
    let prompts = (0..<settings.prompts).map { _ in train[random.below(train.count)] }
    let ids = prompts.map { tokenizer.encode($0, limit: NegativeWriter.promptLimit).ids }
    var choice = TextGenerationSettings()
    choice.strategy = .sampling(temperature: 1, topK: 0, topP: 1)
    (choice.maxTokens, choice.seed) = (settings.maxTokens, settings.seed)
    let texts = try search(model, choice).texts(ids, stream: UInt64(index) + 1)
    let rewards = try gains(prompts, texts.map(cleaned), &marginal)
    let written = texts.map { $0.count < settings.maxTokens ? $0 + [configuration.eosTokenID] : $0 }
    let pairs = zip(ids, written).map { (prompt: $0, written: $1) }
    let own = PolicyScores(model, head, pairs)
    let first = PolicyScores(reference, nil, pairs)
    let round = PolicyRound(
      texts: written.indices.map { text in
        let count = written[text].count
        return PolicyText(
          prompt: ids[text], written: written[text],
          logProbabilities: PolicyScores.own(own.logProbabilities, text, count: count),
          reference: PolicyScores.own(first.logProbabilities, text, count: count),
          values: PolicyScores.own(own.values, text, count: count), reward: rewards[text])
      }, beta: divergence.beta, marginal: marginal.shares)
    try round.write(index, in: folder)
    return round
  }

  func search(_ model: T5ForConditionalGeneration, _ choice: TextGenerationSettings) throws -> TokenSearch {
    var search = try TokenSearch(model, choice)
    search.isCancelled = isCancelled
    return search
  }

  /// A text as the list that the image model gets.
  func cleaned(_ tokens: [Int]) -> String {
    CleanedNegative(tokenizer.decode(tokens), limit: scoring.tokenLimit, count: scoring.tokens).text
  }

  /// What each negative gains over none: the mean over a prompt's pictures, the same noise for both.
  func gains(_ prompts: [String], _ negatives: [String], _ marginal: inout ClassMarginal) throws -> [Float] {
    func keys(_ negatives: [String]) -> [NegativeScoring.Key] {
      zip(prompts, negatives).flatMap { prompt, negative in
        (0..<settings.pictures).map { NegativeScoring.Key(prompt: prompt, negative: negative, seed: 10_000 + $0) }
      }
    }
    let with = try scoring.scores(keys(negatives), isCancelled: isCancelled)
    let without = try scoring.scores(keys(prompts.map { _ in "" }), isCancelled: isCancelled)
    if settings.fidelity > 0 { marginal.update((with + without).map(\.classes)) }
    let each = zip(with, without).map { with, without -> Float in
      var gain = with.reward - without.reward
      if settings.fidelity > 0 {
        gain += settings.fidelity * (marginal.divergence(of: with.classes) - marginal.divergence(of: without.classes))
      }
      return gain
    }
    return prompts.indices.map { prompt in
      let own = each[(prompt * settings.pictures)..<((prompt + 1) * settings.pictures)]
      return own.reduce(0, +) / Float(settings.pictures)
    }
  }
}
