import Foundation
package import NegativeSpaceKernels
import NegativeSpaceLayers
package import NegativeSpaceLearning
import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceTensors
import NegativeSpaceText
import NegativeSpaceTraining

/// One step of tuning a text encoder (TextCraftor) on Stable Diffusion 1.5 with random weights, as
/// `scripts/compare_tuning.py` does it in PyTorch: one prompt, a reward of ViT-H's size.
package struct TuningStepBenchmark {
  /// What is measured.
  package struct Shape: Sendable {
    /// Height and width of the latents: 64 is 512 × 512 pixels.
    package var edge = 64
    package var samplingSteps = 25
    /// The last steps, which are recorded.
    package var recordedSteps = 5
    package var checkpointing = TextCraftorSettings.Checkpointing.layers
    /// Of the LoRA; nil tunes all weights.
    package var rank: Int?

    package init() {}
  }

  private let rollout: TextCraftorRollout
  private let edge: Int

  package init(_ dtype: DataType, _ shape: Shape) throws {
    func weights(_ seed: UInt64) throws -> WeightScope {
      WeightScope(try PagedWeights(RandomWeights(seed: seed, dtype: dtype)))
    }
    var scheduler = SchedulerConfiguration()
    (scheduler.className, scheduler.clipSample) = ("DDIMScheduler", false)
    let text = PublishedNetwork.clipLTextConfiguration
    // As `learn` has it: the encoder is float32 whatever the denoiser computes in.
    let base = RecordingWeights(try PagedWeights(RandomWeights(seed: 3)))
    let tower = try CLIPTextModel(text, WeightScope(base))
    let frozen = FrozenModel(
      denoiser: try UNet2DConditionModel(PublishedNetwork.sd15UNetConfiguration, weights(1)),
      autoencoder: try AutoencoderKL(PublishedNetwork.autoencoderConfiguration, weights(2)),
      text: TextConditioner(tokenizer: try LearningStepBenchmark.tokenizer(), tower: tower), scheduler: scheduler,
      latentShape: [shape.edge, shape.edge, 4])
    var settings = TextCraftorSettings()
    (settings.samplingSteps, settings.recordedSteps) = (shape.samplingSteps, shape.recordedSteps)
    settings.checkpointing = shape.checkpointing
    let eye = try CLIPVisionModelWithProjection(PublishedNetwork.vitHVisionConfiguration, weights(4))
    let tuned = TunedWeights(
      .textEncoder(text), base: KeptWeights(base.tensors), lora: shape.rank.map { LoRAShape(rank: $0) })
    rollout = TextCraftorRollout(
      TextCraftorModel(frozen, tuned: tuned),
      objective: TextCraftorObjective([.init(FixedDirection(eye: eye), weight: 1)]), settings: settings)
    edge = shape.edge
  }

  /// Median seconds of a step: the run, its last steps recorded, decoder, reward, the way back, AdamW.
  package func seconds(runs: Int) throws -> Double {
    let weights = rollout.model.tuned.start(seed: 5)
    var random = TorchRandom(seed: 5)
    let noise = random.normal([1, edge, edge, 4])
    var step = 0
    return try Stopwatch.median(runs: runs) {
      step += 1
      let source = StepWeights(weights)
      let scores = try rollout.recordedScores(source, prompts: ["a red fox"], noise: noise)
      _ = weights.update(
        source.gradients(of: scores.sum.sum() * -1), rate: 1e-6, step: step, with: Optimizer(), averageDecay: 0)
    }
  }
}
