import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceRewards
import NegativeSpaceSampling
package import NegativeSpaceTensors
package import NegativeSpaceTraining

/// Learns one negative for all prompts by the gradient of a reward (ReNeg, arXiv:2412.19637).
package struct ReNegTask: TrainingTask {
  /// The name of the only parameter.
  package static let parameter = "negative_prompt_embeds"
  /// The validation figure by which the best state is chosen.
  package static let figure = "reward"

  private let rollout: ReNegRollout
  private let train: [String]
  private let held: HeldOutPrompts

  /// - Parameters:
  ///   - train: prompts to learn on; at least one.
  ///   - held: prompts to validate on, each with a seed of its own.
  ///   - folder: of the run, for what the empty prompt is worth.
  /// - Throws: `TrainingError.missingInput` where there is nothing to learn on, or nothing to learn.
  package init(_ rollout: ReNegRollout, train: [String], held: [String], in folder: RunFolder? = nil) throws {
    try rollout.settings.requireGuidance()
    guard !train.isEmpty, !held.isEmpty else {
      throw TrainingError.missingInput("there are \(train.count) prompts to learn on and \(held.count) to validate on")
    }
    (self.rollout, self.train) = (rollout, train)
    self.held = try HeldOutPrompts(
      held, model: rollout.model, samplesAtOnce: rollout.settings.samplesAtOnce, parts: 0, in: folder,
      sampling: Self.sampling(rollout, rollout.model.emptyStates()))
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    let settings = rollout.settings
    let places = shard.samples(step: step, batch: settings.batch)
    let negative = try Self.negative(weights, rollout.model)
    var random = SplitMix64(seed: settings.seed, stream: 0x6E65_6761, index: UInt64(places.lowerBound))
    var total: Tensor?
    for start in stride(from: places.lowerBound, to: places.upperBound, by: settings.samplesAtOnce) {
      let count = min(places.upperBound, start + settings.samplesAtOnce) - start
      let prompts = (0..<count).map { _ in train[random.below(train.count)] }
      var source = TorchRandom(seed: Int(random.next() & 0x7FFF_FFFF))
      let noise = source.latents([count] + rollout.model.latentShape)
      let score = try rollout.score(negative, prompts: prompts, noise: noise, using: &random)
      let share = score * (Float(count) / Float(places.count))
      total = total.map { $0 + share } ?? share
    }
    let reward = total ?? .zeros([])
    return (reward * -1, [])
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let reward = try held.scores(after: step, sampling(weights)).reward
    return [Figure(Self.figure, reward), Figure("gain over the empty prompt", reward - held.before.reward)]
  }

  /// The first held-out prompts, as they look now.
  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let frames = try held.scores(after: step, sampling(weights)).frames
    try SampleSheet.write(frames, columns: max(4, rollout.model.frames), to: "\(folder)/samples-\(step).png")
  }

  // MARK: Shared

  private static func negative(_ weights: any WeightSource, _ model: FrozenModel) throws -> Tensor {
    let text = model.text.tower.shape
    return try weights.tensor(
      parameter, shape: [1, text.positions, text.width], role: .vector, initial: .zeros)
  }

  private func sampling(_ weights: SnapshotWeights) throws -> HeldOutPrompts.Sampling {
    Self.sampling(rollout, try Self.negative(weights, rollout.model))
  }

  private static func sampling(_ rollout: ReNegRollout, _ negative: Tensor) -> HeldOutPrompts.Sampling {
    { prompts, noise in
      let made = try rollout.samples(negative, prompts: prompts, noise: noise)
      return (made.scores, [], made.frames)
    }
  }
}
