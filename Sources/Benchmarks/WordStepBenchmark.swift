package import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceLearning
import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceText
import NegativeSpaceTraining

/// One step of learning a word to say and a word to avoid (DreamArtist) on Stable Diffusion 1.5 with random weights, as
/// `scripts/compare_words.py` does it in PyTorch: one picture, three and six vectors, guidance 3.
package struct WordStepBenchmark {
  private let loss: DreamArtistLoss
  private let positive: WordTemplates
  private let negative: WordTemplates
  private let edge: Int

  /// - Parameter edge: height and width of the latents: 64 is 512 × 512 pixels.
  package init(_ dtype: DataType, edge: Int) throws {
    func weights(_ seed: UInt64, _ dtype: DataType = dtype) throws -> WeightScope {
      WeightScope(try PagedWeights(RandomWeights(seed: seed, dtype: dtype)))
    }
    let text = TextConditioner(
      tokenizer: try LearningStepBenchmark.tokenizer(),
      // As `learn` has it: states are float32 whatever the denoiser computes in.
      tower: try CLIPTextModel(PublishedNetwork.clipLTextConfiguration, weights(3, .float32)))
    let model = FrozenModel(
      denoiser: try UNet2DConditionModel(PublishedNetwork.sd15UNetConfiguration, weights(1)),
      autoencoder: try AutoencoderKL(PublishedNetwork.autoencoderConfiguration, weights(2)), text: text,
      scheduler: SchedulerConfiguration(), latentShape: [edge, edge, 4])
    loss = try DreamArtistLoss(model, guidance: DreamArtistGuidance(3), isCheckpointed: true)
    func word(_ token: String, _ count: Int) throws -> WordTemplates {
      try WordTemplates(text, token: token, count: count, templates: ["a red {}"], setting: "vectors")
    }
    (positive, negative) = (try word("<it>", 3), try word("<it>-neg", 6))
    self.edge = edge
  }

  /// Median seconds of a step: both words' states, a noised picture's loss, the way back, AdamW.
  package func seconds(runs: Int) throws -> Double {
    let weights = TrainableWeights(start: RandomWeights(seed: 5), dtype: .float32)
    var random = TorchRandom(seed: 5)
    let shape = [1, edge, edge, 4]
    let picture = NoisyPictures(latents: random.normal(shape), noise: random.normal(shape), timesteps: [500])
    var step = 0
    return try Stopwatch.median(runs: runs) {
      step += 1
      let source = StepWeights(weights)
      func states(_ name: String, _ word: WordTemplates) throws -> Tensor {
        word.states(
          [0], try source.tensor(name, shape: [word.count, 768], role: .vector, initial: .normal(std: 0.02)))
      }
      let error = loss(
        picture, positive: try states("positive", positive), negative: try states("negative", negative)
      ).latents
      _ = weights.update(
        source.gradients(of: error), rate: 5e-3, step: step, with: Optimizer(), averageDecay: 0)
    }
  }
}
