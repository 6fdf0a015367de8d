import Foundation
package import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceLearning
import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceRewards
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceText
import NegativeSpaceTraining

/// One step of learning a negative (ReNeg) on Stable Diffusion 1.5 with random weights, as
/// `scripts/compare_learning.py` does it in PyTorch: one prompt, 256 × 256 pixels, a reward of ViT-H's size.
package struct LearningStepBenchmark {
  /// Guided steps of a run; the last one is recorded.
  private static let samplingSteps = 4

  private let rollout: ReNegRollout

  package init(_ dtype: DataType) throws {
    func weights(_ seed: UInt64, _ dtype: DataType = dtype) throws -> WeightScope {
      WeightScope(try PagedWeights(RandomWeights(seed: seed, dtype: dtype)))
    }
    var scheduler = SchedulerConfiguration()
    scheduler.className = "DDIMScheduler"
    let model = FrozenModel(
      denoiser: try UNet2DConditionModel(PublishedNetwork.sd15UNetConfiguration, weights(1)),
      autoencoder: try AutoencoderKL(PublishedNetwork.autoencoderConfiguration, weights(2)),
      text: TextConditioner(
        tokenizer: try Self.tokenizer(),
        // As `learn` has it: states are float32 whatever the denoiser computes in.
        tower: try CLIPTextModel(PublishedNetwork.clipLTextConfiguration, weights(3, .float32))),
      scheduler: scheduler, latentShape: [32, 32, 4])
    var settings = ReNegSettings()
    settings.samplingSteps = Self.samplingSteps
    let eye = try CLIPVisionModelWithProjection(PublishedNetwork.vitHVisionConfiguration, weights(4))
    rollout = ReNegRollout(model, reward: FixedDirection(eye: eye), settings: settings)
  }

  /// Median seconds of a step: the run up to its last call, that call recorded for the negative, decoder, reward, the
  /// way back, AdamW.
  package func seconds(runs: Int) throws -> Double {
    let start = rollout.model.emptyStates().cast(to: .float32)
    let weights = TrainableWeights(start: NegativeStart(start), dtype: .float32)
    var random = TorchRandom(seed: 5)
    let noise = random.normal([1] + rollout.model.latentShape)
    var step = 0
    return try Stopwatch.median(runs: runs) {
      step += 1
      let source = StepWeights(weights)
      let negative = try source.tensor(ReNegTask.parameter, shape: start.shape, role: .vector, initial: .zeros)
      let score = try rollout.score(negative, prompts: ["a red fox"], noise: noise, stops: [Self.samplingSteps - 1])
      _ = weights.update(
        source.gradients(of: score * -1), rate: 5e-3, step: step, with: Optimizer(), averageDecay: 0)
    }
  }

  /// Any vocabulary: words are not what is measured.
  static func tokenizer() throws -> CLIPTokenizer {
    let folder = FileManager.default.temporaryDirectory.appending(path: "negspace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try BytePairTrainer.vocabulary(of: ["a red fox"], entries: 520).write(to: folder)
    return try CLIPTokenizer(folder: folder)
  }
}

/// Agreement of pictures with one direction of the embedding.
struct FixedDirection: Reward {
  let name = "fixed direction"
  let eye: CLIPVisionModelWithProjection
  private let preparation = PicturePreparation(size: 224)
  private let direction = Tensor(repeating: 1 / 32, shape: [1, 1024])

  init(eye: CLIPVisionModelWithProjection) { self.eye = eye }

  func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor {
    (eye(preparation(pictures)).imageEmbeds.cast(to: .float32).unitRows * direction).sum(axes: [1])
  }
}
