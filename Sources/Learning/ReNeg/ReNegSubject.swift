import Foundation
import NegativeSpaceNetworks
package import NegativeSpacePipelines
package import NegativeSpaceRewards

/// Subject of a negative's learning: a model with its reward, and a file's notes on them.
package struct ReNegSubject {
  package let rollout: ReNegRollout
  let space: TextSpace
  /// Everything but prompts and steps.
  let provenance: EmbeddingProvenance
  let dtype: ComputeType
  /// The rewards by name, weight and content.
  let rewardFiles: String

  /// - Parameter settings: nil is `ReNegSettings(for: model)`.
  /// - Throws: `RewardError`, `LearningError`, `TrainingError.missingInput`, errors in the model's files.
  package init(
    model: DiffusionModel, rewards: [RewardName], settings: ReNegSettings?, needsGradient: Bool = true
  ) throws {
    var settings = settings ?? ReNegSettings(for: model)
    try settings.validate()
    guard !rewards.isEmpty else { throw LearningError.setting("rewards", found: "empty", expected: "at least one") }
    if let clip = settings.clipRewards.first, model.kind == .image {
      throw LearningError.setting(
        "clipRewards", found: "\(clip.kind.rawValue) on \(model.path), which makes pictures",
        expected: "a model of videos")
    }
    let isLarge = model.textWidth >= 512
    settings.together = settings.together ?? (isLarge ? 1 : model.kind == .image ? 16 : 4)
    settings.isCheckpointed = isLarge
    let parts = try rewards.map { (reward: try $0.load(), weight: $0.weight) }
    if needsGradient { try LearningError.requireGradients(parts.map(\.reward)) }
    let reward: any Reward = parts.count == 1 && parts[0].weight == 1 ? parts[0].reward : RewardMix(parts)
    rollout = ReNegRollout(try FrozenModel(model, size: settings.size), reward: reward, settings: settings)
    space = try model.textSpace()
    var provenance = EmbeddingProvenance()
    provenance.method = "reneg"
    provenance.baseModel = URL(fileURLWithPath: model.path).lastPathComponent
    provenance.baseModelHash = try model.identity().hash
    provenance.reward = ([reward.name] + settings.clipRewards.map { "\($0.weight) · \($0.kind.rawValue)" })
      .joined(separator: " + ")
    provenance.seed = Int(truncatingIfNeeded: settings.seed)
    self.provenance = provenance
    dtype = model.dtype
    rewardFiles = try rewards.map { try $0.identity() }.joined(separator: " + ")
  }

  /// Refuses a negative that learning cannot start from.
  ///
  /// - Throws: `LearningError.setting`.
  func require(start: NegativeEmbedding) throws {
    let shape = rollout.model.text.tower.shape
    guard start.rows == shape.positions, start.width == shape.width else {
      throw LearningError.setting(
        "start", found: "\(start.rows) states of width \(start.width)",
        expected: "\(shape.positions) of width \(shape.width), as the model's text encoder makes them")
    }
    if let other = start.space, !space.closeness(to: other).isUsable {
      throw LearningError.setting("start", found: "of the text space \(other)", expected: "the model's, \(space)")
    }
  }
}

extension FrozenModel {
  /// A loaded model.
  ///
  /// - Parameters:
  ///   - size: of samples.
  ///   - denoiser: in place of the model's own, which is then not loaded.
  /// - Throws: `LearningError.setting`, errors in its files.
  init(_ model: DiffusionModel, size: SampleSize, denoiser: (any Denoiser)? = nil) throws {
    let latentShape = try size.latentShape(of: model)
    let (own, parts) = (try model.requested(), model.parts)
    let encoder = try parts.promptEncoder(own)
    self.init(
      denoiser: try denoiser ?? parts.denoiser(own), autoencoder: try parts.autoencoder(own),
      text: TextConditioner(tokenizer: encoder.tokenizer, tower: encoder.tower),
      scheduler: try own.files.scheduler.get(), latentShape: latentShape,
      fps: model.defaults.fpsCondition.map { Float($0) })
  }
}
