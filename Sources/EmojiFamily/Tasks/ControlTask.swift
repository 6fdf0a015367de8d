import NegativeSpaceEmojiWorld
import NegativeSpaceKernels
import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceSampling
package import NegativeSpaceTensors
package import NegativeSpaceTraining

/// Trains a ControlNet to lead a finished image model along edges (arXiv:2302.05543).
///
/// The edges are those of the undamaged rendering: damage in a picture is no wish of the edges.
package struct ControlTask: TrainingTask {
  private let unet: UNet2DConditionModel
  private let configuration: ControlNetConfiguration
  private let data: DiffusionData
  private let loss: DiffusionLoss
  private let evaluation: EmojiEvaluation

  package init(
    _ unet: UNet2DConditionModel, _ configuration: ControlNetConfiguration, _ data: DiffusionData,
    scheduler: SchedulerConfiguration, evaluation: EmojiEvaluation
  ) throws {
    (self.unet, self.configuration, self.data, self.evaluation) = (unet, configuration, data, evaluation)
    loss = try DiffusionLoss(scheduler)
  }

  package func loss(step: Int, shard: Shard, weights: StepWeights) throws -> (loss: Tensor, figures: [Figure]) {
    // The places of things are decided at higher noise than the things themselves.
    var draw = data.draw(shard, step: step, loss, median: 0.5)
    let denoiser = try controlled(WeightScope(weights), Self.edges(data.train.dataset, draw.indices))
    let errors = loss(draw.latents, timesteps: draw.timesteps, noiseSeed: draw.random.next()) {
      denoiser($0, timesteps: $1, text: draw.states)
    }
    return (errors.mean(), [])
  }

  package func validate(step: Int, weights: SnapshotWeights) throws -> [Figure] {
    let indices = Array(0..<min(64, data.held.cache.count))
    let denoiser = try controlled(WeightScope(weights), Self.edges(data.held.dataset, indices))
    return [Figure("error", data.heldOutError(indices, loss, noiseSeed: 0, denoiser))] + (try evaluate(weights))
  }

  package func writeSamples(step: Int, weights: SnapshotWeights, folder: String) throws {
    let count = min(24, evaluation.prompts.count)
    let pictures = try generate(WeightScope(weights), 0..<count)
    let pairs = (0..<count).flatMap { [Self.canvas(Self.edges(data.held.dataset, [$0])), pictures[$0]] }
    try SampleSheet.write(pairs, columns: 8, to: "\(folder)/samples-\(step).png")
  }

  /// Figures of how well pictures led by the edges of held-out scenes keep to them and to their captions.
  package func evaluate(_ weights: SnapshotWeights) throws -> [Figure] {
    let pictures = try generate(WeightScope(weights), 0..<evaluation.prompts.count)
    let agreement = pictures.enumerated().map { index, picture in
      EdgeAgreement(
        wanted: data.held.dataset.undamaged(at: index).edges, found: picture.edges, width: picture.width
      ).score
    }
    return [Figure("edge agreement", agreement.reduce(0, +) / Float(max(1, agreement.count)))]
      + evaluation.figures(of: pictures.map { [$0] })
  }

  // MARK: Inside

  /// The image model led by edges (P, H, W, 3), P dividing the batch.
  private func controlled(_ weights: WeightScope, _ edges: Tensor) throws -> any Denoiser {
    let network = try ControlNetModel(configuration, weights)
    return ControlledDenoiser(unet: unet, network: network, control: network.embedding(of: edges))
  }

  /// The first held-out scenes again, by their captions and edges alone.
  private func generate(_ weights: WeightScope, _ range: Range<Int>) throws -> [Canvas] {
    try evaluation.generate(text: data.text, range: range) { part in
      try controlled(weights, Self.edges(data.held.dataset, Array(part)))
    }.compactMap(\.first)
  }

  /// Edges of undamaged renderings (B, side, side, 3) in 0…1.
  private static func edges(_ dataset: Dataset, _ indices: [Int]) -> Tensor {
    let values = indices.flatMap {
      dataset.undamaged(at: $0).edges.flatMap { [Float](repeating: $0 ? 1 : 0, count: 3) }
    }
    return Tensor(values, shape: [indices.count, dataset.side, dataset.side, 3])
  }

  private static func canvas(_ edges: Tensor) -> Canvas { PictureBatch.canvas(edges * 2 - 1) }
}

/// A denoiser led by a ControlNet that is shown one thing.
private struct ControlledDenoiser: Denoiser {
  let unet: UNet2DConditionModel
  let network: ControlNetModel
  let control: Tensor

  func predict(_ latents: Tensor, _ inputs: DenoiserInputs) -> Tensor {
    var inputs = inputs
    inputs.residuals = network(latents, timesteps: inputs.timesteps, text: inputs.text, control: control)
    return unet.predict(latents, inputs)
  }
}
