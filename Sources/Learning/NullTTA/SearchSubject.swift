import NegativeSpaceNetworks
import NegativeSpacePipelines
import NegativeSpaceRewards
import NegativeSpaceSampling
import NegativeSpaceTensors

/// Subject of a search: a model with its reward, at whatever size a request asks for.
struct SearchSubject: Sendable {
  private let model: DiffusionModel
  private let rewards: any Reward
  private let own: FrozenModel
  private let flicker: Float
  /// Model and rewards by their content.
  private let identity: @Sendable ([String]) throws -> [String: String]
  let space: TextSpace
  /// Everything but prompt and seed.
  let provenance: EmbeddingProvenance

  /// - Throws: `RewardError`, `LearningError`, errors in the model's files.
  init(model: DiffusionModel, rewards: [RewardName], flicker: Float, needsGradient: Bool) throws {
    var settings = ReNegSettings(for: model)
    // Nothing is learned at this scale; a search has the request's.
    settings.guidanceScale = 2
    let subject = try ReNegSubject(
      model: model, rewards: rewards, settings: settings, needsGradient: needsGradient)
    (self.model, self.rewards, own) = (model, subject.rollout.reward, subject.rollout.model)
    (space, provenance, self.flicker) = (subject.space, subject.provenance, flicker)
    identity = { prompts in try subject.settings(train: prompts, held: [], start: .zeros([])) }
  }

  /// Model, rewards and prompts by their content.
  ///
  /// - Throws: `ModelError` of a file that cannot be read.
  func settings(_ prompts: [String]) throws -> [String: String] {
    try identity(prompts).filter { ["model", "computed in", "rewards", "prompts", "flicker"].contains($0.key) }
  }

  /// Rewards of latents of a run's size.
  func rollout(of latents: Tensor) -> ReNegRollout {
    var settings = ReNegSettings()
    (settings.flicker, settings.isCheckpointed) = (flicker, model.textWidth >= 512)
    let sized = FrozenModel(
      denoiser: own.denoiser, autoencoder: own.autoencoder, text: own.text, scheduler: own.scheduler,
      latentShape: Array(latents.shape.dropFirst()), fps: own.fps)
    return ReNegRollout(sized, reward: rewards, settings: settings)
  }

  /// ᾱ at each timestep of training.
  ///
  /// - Throws: `ConfigurationError`.
  func alphas(_ run: PreparedRun) throws -> [Float] { try NoiseSchedule(own.scheduler).alphasCumprod }
}
