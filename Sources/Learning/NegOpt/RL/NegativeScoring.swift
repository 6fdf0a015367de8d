import Foundation
import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceRewards
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceText

/// Scores of the pictures that a model makes with negatives, each picture made once.
///
/// Noise is that of a generation with the same seed, so that pictures with and without a negative differ by it alone.
final class NegativeScoring: Sendable {
  /// A picture by all that it depends on.
  struct Key: Sendable, Hashable {
    let prompt: String
    let negative: String
    let seed: Int
  }

  /// What is thought of it.
  struct Score: Sendable, Hashable {
    let reward: Float
    /// Its shares of the classes; empty without a classifier.
    let classes: [Float]
  }

  private let rollout: ReNegRollout
  private let classifier: (any PictureClassifier)?
  private let known: KnownScores

  init(_ rollout: ReNegRollout, classifier: (any PictureClassifier)?, known: KnownScores = KnownScores()) {
    (self.rollout, self.classifier, self.known) = (rollout, classifier, known)
  }

  /// The same that knows the scores of a run's folder, and keeps its own there.
  ///
  /// - Throws: as `KnownScores`.
  func kept(in folder: String) throws -> NegativeScoring {
    NegativeScoring(rollout, classifier: classifier, known: try KnownScores(in: folder))
  }

  /// Tokens of a text, as the model's text encoder counts them, and how many it takes.
  func tokens(in text: String) -> Int { rollout.model.text.tokenizer.tokens(in: text).count }
  var tokenLimit: Int { rollout.model.text.tower.shape.positions - 2 }

  /// The scores of pictures, in order.
  ///
  /// - Throws: `CancellationError`, errors of the sampler.
  func scores(_ keys: [Key], isCancelled: @escaping @Sendable () -> Bool) throws -> [Score] {
    var rollout = rollout
    rollout.isCancelled = isCancelled
    var seen: Set<Key> = []
    // What this list asks for is held here: the known ones may be let go of meanwhile.
    var found: [Key: Score] = [:]
    for key in keys { found[key] = known[key] }
    let missing = keys.filter { found[$0] == nil && seen.insert($0).inserted }
    let size = rollout.settings.samplesAtOnce
    for start in stride(from: 0, to: missing.count, by: size) {
      let part = Array(missing[start..<min(missing.count, start + size)])
      let made = try scored(part, rollout)
      let batch = zip(part, made).map { (key: $0, score: $1) }
      try known.add(batch)
      for (key, score) in batch { found[key] = score }
    }
    return keys.compactMap { found[$0] }
  }

  /// What negatives gain over none on the same noise, the mean of the seeds, in order.
  ///
  /// - Throws: as `scores`.
  func gains(
    _ negatives: [String], for prompt: String, seeds: Range<Int>, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [Float] {
    guard !negatives.isEmpty else { return [] }
    let keys = ([""] + negatives).map { negative in
      seeds.map { Key(prompt: prompt, negative: negative, seed: $0) }
    }
    let rewards = try scores(keys.flatMap { $0 }, isCancelled: isCancelled).map(\.reward)
    let means = keys.indices.map { index in
      rewards[(index * seeds.count)..<((index + 1) * seeds.count)].reduce(0, +) / Float(seeds.count)
    }
    return means.dropFirst().map { $0 - means[0] }
  }

  /// Frames of pictures, (N·F, H, W, 3), to look at.
  ///
  /// - Throws: as `scores`.
  func frames(_ keys: [Key], isCancelled: @escaping @Sendable () -> Bool) throws -> Tensor {
    var rollout = rollout
    rollout.isCancelled = isCancelled
    return try made(keys, rollout).frames
  }

  private func made(_ keys: [Key], _ rollout: ReNegRollout) throws -> (scores: Tensor, frames: Tensor) {
    let noise = keys.map { key in
      var source = TorchRandom(seed: key.seed)
      return source.latents([1] + rollout.model.latentShape)
    }
    return try rollout.samples(
      rollout.model.text(keys.map(\.negative)), prompts: keys.map(\.prompt), noise: .concatenate(noise, axis: 0))
  }

  private func scored(_ keys: [Key], _ rollout: ReNegRollout) throws -> [Score] {
    let (scores, frames) = try made(keys, rollout)
    let classes = withoutGradients { () -> Tensor? in
      // Of a clip the mean of its frames.
      classifier.map { $0(frames).shares.reshaped([keys.count, rollout.model.frames, -1]).mean(axes: [1]) }
    }
    return zip(keys.indices, scores.floats).map { index, score in
      Score(
        reward: score, classes: classes?.slice(axis: 0, from: index, to: index + 1).floats ?? [])
    }
  }
}
