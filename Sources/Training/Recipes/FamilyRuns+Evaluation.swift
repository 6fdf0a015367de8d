import EmojiWorld
import Layers

extension FamilyRuns {
  /// What the trained autoencoder leaves of undamaged pictures and clips that were not trained on.
  package func evaluateAutoencoder(count: Int, frames: Int) throws -> [Figure] {
    ReconstructionEvaluation(autoencoder: try autoencoder(), judge: try judge(), classes: try judgeClasses())
      .figures(try dataset(.test, damagedFraction: 0), count: count, frames: frames)
  }

  /// How well the trained image (`frames` nil) or video denoiser does what held-out prompts say.
  ///
  /// - Parameter sheet: where the first prompts' results are written as one picture; nil writes none.
  package func evaluate(
    count: Int, frames: Int?, steps: Int, guidance: Float, sheet: String? = nil
  ) throws -> [Figure] {
    let recipe: DenoiserRecipe =
      try frames.map { .video(try EmojiFamily.videoUNet(), frames: $0) } ?? .image(try EmojiFamily.imageUNet())
    let denoiser = try recipe.denoiser(WeightScope(try snapshot(frames == nil ? .image : .video)))
    let evaluation = try evaluation(count: count, frames: frames, steps: steps, guidance: guidance)
    let text = try textConditioner()
    if let sheet { try evaluation.writeSheet(denoiser, text: text, to: sheet) }
    return try evaluation.figures(denoiser, text: text)
  }
}
