import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceTraining
import Synchronization

/// The prompts that a run validates on, each with a seed of its own, and what its samples were worth before learning.
final class HeldOutPrompts: Sendable {
  /// What samples are worth.
  struct Scores: Sendable {
    /// The mean reward.
    let reward: Float
    /// The mean of each reward of the sum, without its weight.
    let parts: [Float]
    /// (N·F, H, W, 3) in [0, 1]: the samples of the first prompts, for the sheet.
    let frames: Tensor
  }

  /// Makes samples (B·F, H, W, 3) of prompts from their noise (B, …), with their scores (B) and those of each part.
  typealias Sampling = (_ prompts: [String], _ noise: Tensor) throws -> (
    scores: Tensor, parts: [Tensor], frames: Tensor
  )

  /// The file of what was before learning, within a run's folder.
  static let file = "before.safetensors"

  /// The scores of the model as it is.
  let before: Scores
  /// Samples on the sheet: few of clips, each of which is a row.
  let shown: Int
  private let prompts: [String]
  private let model: FrozenModel
  private let samplesAtOnce: Int
  private let latest = Mutex<(step: Int, scores: Scores)?>(nil)

  /// - Parameters:
  ///   - parts: number of rewards that are told apart.
  ///   - folder: keeps what was before learning, so that a run that goes on need not make it again; nil keeps nothing.
  ///   - sampling: of the model as it is.
  init(
    _ prompts: [String], model: FrozenModel, samplesAtOnce: Int, parts: Int, in folder: RunFolder?, sampling: Sampling
  ) throws {
    (self.prompts, self.model, self.samplesAtOnce) = (prompts, model, samplesAtOnce)
    let shown = min(prompts.count, model.frames > 1 ? 4 : 16)
    self.shown = shown
    func made() throws -> Scores { try Self.scores(prompts, model, samplesAtOnce, shown: shown, sampling) }
    guard let folder else {
      before = try made()
      return
    }
    let size = model.latentShape.suffix(3).dropLast().map { $0 * model.autoencoder.factor }
    let shapes = ["reward": [1], "parts": [max(1, parts)], "frames": [shown * model.frames] + size + [3]]
    let kept = try folder.once(Self.file, shapes: shapes) {
      let scores = try made()
      return [
        "reward": Tensor([scores.reward], shape: [1]),
        // A sum of one reward has none beside it.
        "parts": Tensor(scores.parts.isEmpty ? [0] : scores.parts, shape: [max(1, parts)]), "frames": scores.frames,
      ]
    }
    before = Scores(
      reward: kept["reward"]?.item ?? .nan, parts: kept["parts"]?.floats ?? [], frames: kept["frames"] ?? .zeros([]))
  }

  /// The scores after `step`; of the latest step they are made once.
  func scores(after step: Int, _ sampling: Sampling) throws -> Scores {
    if let latest = latest.withLock({ $0 }), latest.step == step { return latest.scores }
    let scores = try Self.scores(prompts, model, samplesAtOnce, shown: shown, sampling)
    latest.withLock { $0 = (step, scores) }
    return scores
  }

  private static func scores(
    _ prompts: [String], _ model: FrozenModel, _ samplesAtOnce: Int, shown: Int, _ sampling: Sampling
  ) throws -> Scores {
    var reward: Float = 0
    var parts: [Float] = []
    var frames: [Tensor] = []
    for start in stride(from: 0, to: prompts.count, by: samplesAtOnce) {
      let range = start..<min(prompts.count, start + samplesAtOnce)
      let made = try sampling(Array(prompts[range]), noise(model, range))
      reward += made.scores.sum().item
      if parts.isEmpty { parts = [Float](repeating: 0, count: made.parts.count) }
      for (index, part) in made.parts.enumerated() { parts[index] += part.sum().item }
      let kept = max(0, min(shown - start, range.count)) * model.frames
      if kept > 0 { frames.append(made.frames.slice(axis: 0, from: 0, to: kept)) }
    }
    let count = Float(prompts.count)
    return Scores(
      reward: reward / count, parts: parts.map { $0 / count }, frames: Tensor.concatenate(frames, axis: 0))
  }

  /// The same noise for the same prompt each time: (B, …).
  private static func noise(_ model: FrozenModel, _ prompts: Range<Int>) -> Tensor {
    Tensor.concatenate(
      prompts.map { prompt in
        var source = TorchRandom(seed: 1_000_003 + prompt)
        return source.latents([1] + model.latentShape)
      }, axis: 0)
  }
}
