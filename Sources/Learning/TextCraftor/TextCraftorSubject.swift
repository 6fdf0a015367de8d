import Foundation
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
package import NegativeSpacePipelines
package import NegativeSpaceRewards
import NegativeSpaceTensors
import NegativeSpaceTraining

/// Subject of a tuning: a model with its rewards, and a file's notes on them.
package struct TextCraftorSubject {
  package let rollout: TextCraftorRollout
  let model: DiffusionModel
  /// Everything but prompts and steps.
  let provenance: EmbeddingProvenance
  /// The rewards by name, weight and content.
  let rewardFiles: String
  /// The encoder of the last steps, where the denoiser is tuned, by its content.
  let encoder: String?

  /// - Parameters:
  ///   - settings: nil is `TextCraftorSettings(for: model)`.
  ///   - textEncoder: a tuned encoder for the last steps, where the denoiser is tuned; nil is the model's own.
  /// - Throws: `RewardError`, `LearningError`, `RequestError`, errors in the files.
  package init(
    model: DiffusionModel, rewards: [RewardName], settings: TextCraftorSettings?, textEncoder: FileReference? = nil
  ) throws {
    var settings = settings ?? TextCraftorSettings(for: model)
    try settings.validate()
    guard !rewards.isEmpty else { throw LearningError.setting("rewards", found: "empty", expected: "at least one") }
    guard textEncoder == nil || settings.network == .denoiser else {
      throw LearningError.setting(
        "textEncoder", found: "\(textEncoder?.path ?? "")",
        expected: "none, since the text encoder is what is tuned; it is for tuning the denoiser after it")
    }
    let isLarge = model.textWidth >= 512
    settings.together = settings.together ?? (isLarge ? 1 : model.kind == .image ? 8 : 2)
    settings.checkpointing = settings.checkpointing ?? (isLarge ? .layers : TextCraftorSettings.Checkpointing.none)
    let parts = try rewards.map { name in
      TextCraftorObjective.Part(
        try name.load(settings.resizing), weight: name.weight,
        readsTuned: settings.constraint == .tuned && name.kind == .clipScore)
    }
    try LearningError.requireGradients(parts.map(\.reward))
    try Self.checkConstraint(parts, settings, model)
    var request = GenerationRequest()
    request.textEncoders = textEncoder.map { [$0] } ?? []
    let own = try model.requested(request)
    let subject = try TextCraftorModel(model, own, settings)
    rollout = TextCraftorRollout(subject, objective: TextCraftorObjective(parts), settings: settings)
    self.model = model
    var provenance = EmbeddingProvenance()
    provenance.method = "textcraftor"
    provenance.baseModel = URL(fileURLWithPath: model.path).lastPathComponent
    provenance.baseModelHash = try model.identity().hash
    provenance.reward = rollout.objective.name
    provenance.seed = Int(truncatingIfNeeded: settings.seed)
    self.provenance = provenance
    rewardFiles = try rewards.map { try $0.identity() }.joined(separator: " + ")
    encoder = try textEncoder.map { _ in try model.resolve(request).textEncoders.first?.sha256 ?? "" }
  }

  /// Refuses equation 8's constraint without a CLIP that can read the encoder's states.
  private static func checkConstraint(
    _ parts: [TextCraftorObjective.Part], _ settings: TextCraftorSettings, _ model: DiffusionModel
  ) throws {
    guard settings.constraint == .tuned else { return }
    let towers = parts.filter(\.readsTuned).compactMap { ($0.reward as? CLIPReward)?.text }
    guard settings.network == .textEncoder, !towers.isEmpty else {
      throw LearningError.setting(
        "constraint", found: "tuned",
        expected: "frozen, unless the text encoder is tuned and clipscore is among the rewards")
    }
    let own = model.files.text
    for tower in towers
    where tower.encoder.width != own.encoder.width || tower.vocabSize != own.vocabSize
      || tower.encoder.layers != own.encoder.layers
    {
      func words(_ text: CLIPTextConfiguration) -> String {
        "\(text.encoder.layers) layers of width \(text.encoder.width) and \(text.vocabSize) tokens"
      }
      throw LearningError.setting(
        "constraint", found: "tuned, with a clipscore whose text tower has \(words(tower))",
        expected: "a CLIP whose text tower is the model's encoder, \(words(own))")
    }
  }
}

extension TextCraftorModel {
  /// A loaded model with one network's weights apart.
  ///
  /// - Throws: `LearningError.setting` for AnimateDiff's denoiser, errors in its files.
  init(_ model: DiffusionModel, _ own: RequestedModel, _ settings: TextCraftorSettings) throws {
    let (files, parts) = (own.files, model.parts)
    let encoder = try parts.promptEncoder(own)
    let denoiser: any Denoiser
    let tuned: TunedWeights
    switch settings.network {
    case .textEncoder:
      denoiser = try parts.denoiser(own)
      tuned = TunedWeights(
        .textEncoder(files.text), base: KeptWeights(try own.textEncoderTensors()), lora: settings.lora)
    case .denoiser:
      guard model.options.motionAdapter == nil else {
        throw LearningError.setting(
          "network", found: "unet, with a motion adapter", expected: "the model of pictures alone, or text-encoder")
      }
      let lora = settings.lora
      let dtype = files.dtype.dataType
      let base = KeptWeights(try own.denoiserTensors(dtype: dtype) { lora?.layer($0, $1) != nil }, dtype: dtype)
      // Built of the same tensors, so that none is there twice.
      denoiser = try files.denoiser.network(WeightScope(base))
      tuned = TunedWeights(.denoiser(files.denoiser), base: base, lora: lora, dtype: dtype)
    }
    let frozen = FrozenModel(
      denoiser: denoiser, autoencoder: try parts.autoencoder(own),
      text: TextConditioner(tokenizer: encoder.tokenizer, tower: encoder.tower), scheduler: try files.scheduler.get(),
      latentShape: try settings.size.latentShape(of: model),
      fps: model.defaults.fpsCondition.map { Float($0) })
    let last = try parts.tunedEncoders(own).first
    self.init(
      frozen, tuned: tuned, lastText: last.map { TextConditioner(tokenizer: $0.tokenizer, tower: $0.tower) })
  }
}
