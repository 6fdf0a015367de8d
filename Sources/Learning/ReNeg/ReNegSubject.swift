import Foundation
import NegativeSpaceNetworks
package import NegativeSpacePipelines
package import NegativeSpaceRewards

/// What a negative is learned on: a model with its reward, and what a file is to say of them.
package struct ReNegSubject {
  package let rollout: ReNegRollout
  let space: TextSpace
  /// Everything but prompts and steps.
  let provenance: EmbeddingProvenance

  /// - Parameter together: samples at once; nil is as many as a model of this size bears.
  /// - Throws: `RewardError`, `TrainingError.missingInput`, what is wrong with the model's files.
  package init(model: DiffusionModel, rewards: [RewardName], settings: ReNegSettings, together: Int?) throws {
    try settings.requireGuidance()
    let isLarge = model.textWidth >= 512
    var settings = settings
    settings.together = together ?? (isLarge ? 1 : model.kind == .image ? 16 : 4)
    settings.isCheckpointed = isLarge
    let parts = try rewards.map { (reward: try $0.load(), weight: $0.weight) }
    let reward: any Reward = parts.count == 1 && parts[0].weight == 1 ? parts[0].reward : RewardMix(parts)
    rollout = ReNegRollout(try ReNegModel(model), reward: reward, settings: settings)
    space = try model.textSpace()
    var provenance = EmbeddingProvenance()
    provenance.method = "reneg"
    provenance.baseModel = URL(fileURLWithPath: model.path).lastPathComponent
    provenance.baseModelHash = try model.identity().hash
    provenance.reward = reward.name
    provenance.seed = Int(truncatingIfNeeded: settings.seed)
    self.provenance = provenance
  }
}

extension ReNegModel {
  /// A loaded model, at the size it was made for.
  ///
  /// - Throws: what is wrong with its files.
  init(_ model: DiffusionModel) throws {
    let (own, parts) = (try model.requested(), model.parts)
    let encoder = try parts.promptEncoder(own)
    let size = own.files.denoiser.latentSize
    let channels = own.autoencoder.latentChannels
    let frames = model.kind == .image ? [] : [model.defaults.frames]
    self.init(
      denoiser: try parts.denoiser(own), autoencoder: try parts.autoencoder(own),
      text: TextConditioner(tokenizer: encoder.tokenizer, tower: encoder.tower),
      scheduler: own.files.scheduler, latentShape: frames + [size.height, size.width, channels],
      fps: model.defaults.fpsCondition.map { Float($0) })
  }
}
