package import NegativeSpaceEmojiWorld
import NegativeSpaceLayers
package import NegativeSpaceTraining

extension FamilyRuns {
  /// Settings for judging a trained part.
  package struct Judging: Sendable {
    /// Prompts, or pictures.
    package var count = 200
    /// Split of the prompts' combinations: held out of training, or seen in it.
    package var split = Split.test
    /// Frames of a clip.
    package var frames = EmojiFamily.frames
    package var steps = 25
    package var guidance: Float = 5
    /// Path of a picture of the first prompts' results; nil writes none.
    package var sheet: String?

    package init() {}
  }

  /// Figures of a trained part's quality.
  ///
  /// - Throws: `TrainingError.missingInput` for parts whose own runs say it (`log.csv`).
  package func evaluate(_ part: FamilyPart, _ judging: Judging) throws -> [Figure] {
    switch part {
    case .autoencoder: return try evaluateAutoencoder(judging)
    case .controlNet: return try evaluateControlNet(judging)
    case .image: return try evaluate(DenoiserRecipe(try EmojiFamily.imageUNet()), part, judging)
    case .video: return try evaluate(DenoiserRecipe(try EmojiFamily.videoUNet(), frames: judging.frames), part, judging)
    case .lvdm: return try evaluate(DenoiserRecipe(try EmojiFamily.lvdmUNet(), frames: judging.frames), part, judging)
    case .tokenizer, .clip, .words, .judge, .reward:
      throw TrainingError.missingInput(
        "nothing judges the part '\(part.rawValue)' but its own validation, which stands in \(folder(part))/log.csv")
    }
  }

  /// Figures of the autoencoder on undamaged pictures and clips that were not trained on.
  private func evaluateAutoencoder(_ judging: Judging) throws -> [Figure] {
    ReconstructionEvaluation(autoencoder: try autoencoder(), judge: try judge(), classes: try judgeClasses())
      .figures(try dataset(.test, damagedFraction: 0), count: judging.count, frames: judging.frames)
  }

  /// Figures of the ControlNet's agreement with the edges of held-out scenes.
  private func evaluateControlNet(_ judging: Judging) throws -> [Figure] {
    let cache = try latents(.validation, count: 128, frames: nil) { _ in }
    return try controlTask((cache, dataset(.validation)), batch: 1, count: judging.count)
      .evaluate(snapshot(.controlNet))
  }

  /// Figures of a denoiser's agreement with its prompts.
  private func evaluate(_ recipe: DenoiserRecipe, _ part: FamilyPart, _ judging: Judging) throws -> [Figure] {
    let denoiser = try recipe.denoiser(WeightScope(try snapshot(part)))
    let evaluation = try evaluation(
      judging.split, count: judging.count, frames: recipe.frames, steps: judging.steps, guidance: judging.guidance)
    let text = try textConditioner()
    if let sheet = judging.sheet { try evaluation.writeSheet(denoiser, text: text, to: sheet) }
    let clips = try evaluation.generate(text: text, range: 0..<evaluation.prompts.count) { _ in denoiser }
    return evaluation.figures(of: clips, isDetailed: true)
  }
}
