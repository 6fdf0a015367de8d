import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceRewards
import NegativeSpaceSampling
package import NegativeSpaceTensors
package import NegativeSpaceTraining

/// Tunes a network of a model by the gradient of rewards (TextCraftor, arXiv:2403.18978).
package struct TextCraftorTask: TrainingTask {
  /// What is learned on.
  package enum Source: Sendable {
    /// Whole runs from noise, of these prompts (algorithm 1 of the paper).
    case prompts([String])
    /// One call on noised pictures with captions (section 3.2.1).
    case pictures(CaptionedPictures)
  }

  /// The validation figure by which the best state is chosen.
  package static let figure = "reward"

  private let rollout: TextCraftorRollout
  private let source: Source
  private let held: HeldOutPrompts

  /// - Parameters:
  ///   - held: prompts to validate on, each with a seed of its own.
  ///   - folder: of the run, for what the model makes of them as it is.
  /// - Throws: `TrainingError.missingInput` where there is nothing to learn on.
  package init(_ rollout: TextCraftorRollout, source: Source, held: [String], in folder: RunFolder? = nil) throws {
    let count =
      switch source {
      case .prompts(let prompts): prompts.count
      case .pictures(let pictures): pictures.items.count
      }
    guard count > 0, !held.isEmpty else {
      throw TrainingError.missingInput("there are \(count) prompts to learn on and \(held.count) to validate on")
    }
    (self.rollout, self.source) = (rollout, source)
    self.held = try HeldOutPrompts(
      held, model: rollout.model.own, samplesAtOnce: rollout.settings.samplesAtOnce,
      parts: rollout.objective.parts.count, in: folder, sampling: Self.sampling(rollout, nil))
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let settings = rollout.settings
    let places = shard.samples(step: step, batch: settings.batch)
    var random = SplitMix64(seed: settings.seed, stream: 0x6372_6166, index: UInt64(places.lowerBound))
    var total: Tensor?
    var sums = [Float](repeating: 0, count: rollout.objective.parts.count)
    for start in stride(from: places.lowerBound, to: places.upperBound, by: settings.samplesAtOnce) {
      let count = min(places.upperBound, start + settings.samplesAtOnce) - start
      let scores = try recordedScores(weights, count: count, using: &random)
      let share = scores.sum.sum() * (1 / Float(places.count))
      total = total.map { $0 + share } ?? share
      for (index, part) in scores.parts.enumerated() { sums[index] += part.sum().item / Float(places.count) }
    }
    let figures = zip(rollout.objective.parts, sums).map { Figure($0.reward.name, $1) }
    return ((total ?? .zeros([])) * -1, figures)
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let found = try held.scores(after: step, Self.sampling(rollout, weights))
    return [
      Figure(Self.figure, found.reward), Figure("gain over the model as it is", found.reward - held.before.reward),
    ] + zip(rollout.objective.parts, found.parts).map { Figure($0.reward.name, $1) }
  }

  /// The first held-out prompts: each picture of the model as it is, and beside it the tuned one's.
  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let after = try held.scores(after: step, Self.sampling(rollout, weights)).frames
    let frames = rollout.model.own.frames
    let pairs = (0..<held.shown).flatMap { index in
      [held.before.frames, after].map { $0.slice(axis: 0, from: index * frames, to: (index + 1) * frames) }
    }
    try SampleSheet.write(
      Tensor.concatenate(pairs, axis: 0), columns: max(8, 2 * frames), to: "\(folder)/samples-\(step).png")
  }

  // MARK: Inside

  private func recordedScores(
    _ weights: StepWeights, count: Int, using random: inout SplitMix64
  ) throws -> TextCraftorRollout.Scores {
    let model = rollout.model.own
    switch source {
    case .prompts(let prompts):
      let drawn = (0..<count).map { _ in prompts[random.below(prompts.count)] }
      var source = TorchRandom(seed: Int(random.next() & 0x7FFF_FFFF))
      let noise = source.latents([count] + model.latentShape)
      return try rollout.recordedScores(weights, prompts: drawn, noise: noise)
    case .pictures(let pictures):
      let drawn = (0..<count).map { _ in pictures.items[random.below(pictures.items.count)] }
      let timesteps = try model.timesteps
      let chosen = (0..<count).map { _ in random.below(timesteps) }
      var source = TorchRandom(seed: Int(random.next() & 0x7FFF_FFFF))
      let shape = [count] + model.latentShape
      let (spread, noise) = (source.latents(shape), source.latents(shape))
      let size = (
        width: model.latentShape[1] * model.autoencoder.factor, height: model.latentShape[0] * model.autoencoder.factor
      )
      let tensors = try drawn.map { try $0.tensor(width: size.width, height: size.height) }
      return try rollout.recordedScores(
        weights, pictures: Tensor.concatenate(tensors, axis: 0), captions: drawn.map(\.caption), spread: spread,
        noise: noise, timesteps: chosen)
    }
  }

  /// - Parameter learned: nil is the model as it is.
  private static func sampling(_ rollout: TextCraftorRollout, _ learned: (any WeightSource)?) -> HeldOutPrompts.Sampling
  {
    { prompts, noise in
      let made = try rollout.testedScores(learned, prompts: prompts, noise: noise)
      return (made.sum, made.parts, made.frames)
    }
  }
}

extension FrozenModel {
  /// Timesteps of training.
  fileprivate var timesteps: Int { get throws { try NoiseSchedule(scheduler).count } }
}
