import NegativeSpaceEmojiWorld
import NegativeSpaceLayers
import NegativeSpaceNetworks
package import NegativeSpaceSampling
package import NegativeSpaceTensors
package import NegativeSpaceTraining

/// Trains a denoiser on cached latents: images and videos are the same task with another network.
package struct DiffusionTask: TrainingTask {
  private let network: DenoiserRecipe
  private let data: DiffusionData
  private let loss: DiffusionLoss
  private let evaluation: EmojiEvaluation

  package init(
    _ network: DenoiserRecipe, _ data: DiffusionData, scheduler: SchedulerConfiguration, evaluation: EmojiEvaluation
  ) throws {
    (self.network, self.data, self.evaluation) = (network, data, evaluation)
    loss = try DiffusionLoss(scheduler)
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    var draw = data.draw(shard, step: step, loss, median: network.timestepMedian)
    let denoiser = try network.denoiser(WeightScope(weights))
    var clean = draw.latents
    let strides = network.strides
    if strides.count > 1 { clean = clean.everyFrame(strides[draw.random.below(strides.count)]) }
    let errors = loss(clean, timesteps: draw.timesteps, noiseSeed: draw.random.next()) {
      denoiser($0, timesteps: $1, text: draw.states)
    }
    return (errors.mean(), [])
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let denoiser = try network.denoiser(WeightScope(weights))
    var total: Float = 0
    let size = network.medium == .clip ? 4 : 32
    let batches = 4
    for number in 0..<batches {
      try evaluation.checkCancellation()
      let indices = Array((number * size)..<((number + 1) * size)).map { $0 % data.held.cache.count }
      total += data.heldOutError(indices, loss, noiseSeed: UInt64(number), denoiser)
    }
    return try [Figure("error", total / Float(batches))] + evaluation.figures(denoiser, text: data.text)
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let denoiser = try network.denoiser(WeightScope(weights))
    try evaluation.writeSheet(denoiser, text: data.text, to: "\(folder)/samples-\(step).png")
  }
}
