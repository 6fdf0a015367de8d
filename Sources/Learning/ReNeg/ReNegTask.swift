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
  private let held: [String]
  /// The reward of the held-out prompts with the empty prompt as negative.
  private let baseline: Float

  /// - Parameters:
  ///   - train: prompts to learn on; at least one.
  ///   - held: prompts to validate on, each with a seed of its own.
  /// - Throws: `TrainingError.missingInput` where there is nothing to learn on, or nothing to learn.
  package init(_ rollout: ReNegRollout, train: [String], held: [String]) throws {
    try rollout.settings.requireGuidance()
    guard !train.isEmpty, !held.isEmpty else {
      throw TrainingError.missingInput("there are \(train.count) prompts to learn on and \(held.count) to validate on")
    }
    (self.rollout, self.train, self.held) = (rollout, train, held)
    baseline = try Self.mean(rollout, rollout.model.emptyStates(), held)
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
    let reward = try Self.mean(rollout, try Self.negative(weights, rollout.model), held)
    return [Figure(Self.figure, reward), Figure("gain over the empty prompt", reward - baseline)]
  }

  /// The first held-out prompts, as they look now.
  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let prompts = Array(held.prefix(16))
    let frames = try rollout.samples(
      try Self.negative(weights, rollout.model), prompts: prompts, noise: Self.noise(rollout, 0..<prompts.count)
    ).frames
    try SampleSheet.write(frames, columns: max(4, rollout.model.frames), to: "\(folder)/samples-\(step).png")
  }

  // MARK: Shared

  private static func negative(_ weights: any WeightSource, _ model: FrozenModel) throws -> Tensor {
    let text = model.text.tower.shape
    return try weights.tensor(
      parameter, shape: [1, text.positions, text.width], role: .vector, initial: .zeros)
  }

  /// The mean reward of finished samples.
  private static func mean(_ rollout: ReNegRollout, _ negative: Tensor, _ prompts: [String]) throws -> Float {
    var total: Float = 0
    for start in stride(from: 0, to: prompts.count, by: rollout.settings.samplesAtOnce) {
      let range = start..<min(prompts.count, start + rollout.settings.samplesAtOnce)
      total += try rollout.samples(negative, prompts: Array(prompts[range]), noise: noise(rollout, range)).scores.sum()
        .item
    }
    return total / Float(prompts.count)
  }

  /// The same noise for the same prompt each time: (B, …).
  private static func noise(_ rollout: ReNegRollout, _ prompts: Range<Int>) -> Tensor {
    Tensor.concatenate(
      prompts.map { prompt in
        var source = TorchRandom(seed: 1_000_003 + prompt)
        return source.latents([1] + rollout.model.latentShape)
      }, axis: 0)
  }
}
