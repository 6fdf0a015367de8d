import NegativeSpaceEmojiFamily
package import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTraining

/// One training step (forward, backward, AdamW) of the family's 2D UNet, as `scripts/training_step.py` does it in
/// PyTorch.
package enum TrainingStepBenchmark {
  /// Random latents and text: the data is not what is measured.
  private struct RandomTask: TrainingTask {
    let batch: Int
    let configuration: UNet2DConditionConfiguration

    func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
      let count = shard.samples(step: step, batch: batch).count
      var random = TorchRandom(seed: step)
      let latents = random.normal([count, 16, 16, 4])
      let unet = try UNet2DConditionModel(configuration, WeightScope(weights))
      let output = unet(
        latents, timesteps: (0..<count).map { Float($0 * 37 % 1000) },
        text: random.normal([count, 77, configuration.crossAttentionDim]))
      return ((output - random.normal(latents.shape)).square().mean(), [])
    }

    func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] { [] }
    func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {}
  }

  /// Median seconds of a step of `batch` samples.
  package static func seconds(_ dtype: DataType, batch: Int, runs: Int) throws -> Double {
    let task = RandomTask(batch: batch, configuration: try EmojiFamily.imageUNet())
    let weights = TrainableWeights(start: RandomWeights(seed: 1), dtype: dtype)
    var step = 0
    return try Stopwatch.median(runs: runs) {
      let shards = try ShardedStep(task: task, weights: weights, step: step, shards: Threads.count)
      step += 1
      _ = weights.update(shards.gradients, rate: 1e-4, step: step, with: Optimizer(), averageDecay: 0.99)
    }
  }
}
