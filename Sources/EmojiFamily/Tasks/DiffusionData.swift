package import NegativeSpaceEmojiWorld
package import NegativeSpaceLearning
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTraining

/// Training and validation data of a denoiser: cached latents, and captions of the scenes that they came from.
package struct DiffusionData {
  package typealias Part = (cache: LatentCache, dataset: Dataset)

  let train: Part
  let held: Part
  let text: TextConditioner
  private let medium: SceneDirector.Medium
  /// Shown among the pictures.
  private let spinning: SpinningFrames?
  private let batch: Int
  private let seed: UInt64
  /// Captions replaced by the empty one, so that the network also learns the unconditional branch.
  private let dropout: Float = 0.1
  /// The share of `spinning` among the pictures.
  private let spinningShare: Float = 0.15

  package init(
    _ medium: SceneDirector.Medium, train: Part, held: Part, spinning: SpinningFrames? = nil, text: TextConditioner,
    batch: Int, seed: UInt64
  ) {
    (self.medium, self.train, self.held, self.spinning) = (medium, train, held, spinning)
    (self.text, self.batch, self.seed) = (text, batch, seed)
  }

  /// Training data of a shard of a step: everything follows from the seed and the step.
  struct Draw {
    /// Of the samples in `train`.
    let indices: [Int]
    /// (B, H, W, C) of pictures or (B, F, H, W, C) of clips.
    let latents: Tensor
    /// (B, 77, D).
    let states: Tensor
    let timesteps: [Int]
    /// For all further choices of the step.
    var random: SplitMix64
  }

  /// - Parameter median: of the timesteps, as a share of all.
  func draw(_ shard: Shard, step: Int, _ loss: DiffusionLoss, median: Float) -> Draw {
    let places = shard.samples(step: step, batch: batch)
    var random = SplitMix64(seed: seed, stream: 1, index: UInt64(places.lowerBound))
    let indices = places.map { _ in random.below(train.cache.count) }
    let backwards = indices.map { medium == .clip && random.chance(0.5) ? train.dataset.backwardsCaption(at: $0) : nil }
    var latents = train.cache.rows(indices).playedBackwards(backwards.map { $0 != nil })
    var captions = zip(indices, backwards).map { $1 ?? train.dataset.take(medium, at: $0).caption }
    if let spinning {
      let rows = indices.indices.map { sample in
        guard random.chance(spinningShare), let frame = spinning.frame(using: &random) else {
          return latents.slice(axis: 0, from: sample, to: sample + 1)
        }
        captions[sample] = frame.caption
        return frame.latents
      }
      latents = Tensor.concatenate(rows, axis: 0)
    }
    captions = captions.map { random.chance(dropout) ? "" : $0 }
    let timesteps = places.map { _ in loss.timestep(median: median, &random) }
    return Draw(indices: indices, latents: latents, states: text(captions), timesteps: timesteps, random: random)
  }

  /// The mean error on held-out samples, always at the same timesteps and noise.
  func heldOutError(_ indices: [Int], _ loss: DiffusionLoss, noiseSeed: UInt64, _ denoiser: any Denoiser) -> Float {
    let states = text(indices.map { held.dataset.take(medium, at: $0).caption })
    let timesteps = indices.map { ($0 * 2_654_435_761) % loss.timestepCount }
    return loss(held.cache.rows(indices), timesteps: timesteps, noiseSeed: noiseSeed) {
      denoiser($0, timesteps: $1, text: states)
    }
    .mean().item
  }
}
