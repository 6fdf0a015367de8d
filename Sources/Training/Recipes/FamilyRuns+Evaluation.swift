import EmojiWorld
import Layers

extension FamilyRuns {
  /// What the trained autoencoder leaves of undamaged pictures and clips that were not trained on.
  package func evaluateAutoencoder(count: Int, frames: Int) throws -> [Figure] {
    ReconstructionEvaluation(autoencoder: try autoencoder(), judge: try judge(), classes: try judgeClasses())
      .figures(try dataset(.test, damagedFraction: 0), count: count, frames: frames)
  }

  /// How well the trained ControlNet keeps pictures to the edges of held-out scenes.
  package func evaluateControlNet(count: Int) throws -> [Figure] {
    let cache = try latents(.validation, count: 128, frames: nil) { _ in }
    return try controlTask((cache, dataset(.validation)), batch: 1, count: count).evaluate(snapshot(.controlNet))
  }

  /// How well the trained image (`frames` nil) or video denoiser does what held-out prompts say.
  ///
  /// - Parameters:
  ///   - isLVDM: whether it is the video denoiser of VideoCrafter2's kind.
  ///   - sheet: where the first prompts' results are written as one picture; nil writes none.
  package func evaluate(
    isLVDM: Bool = false, count: Int, frames: Int?, steps: Int, guidance: Float, sheet: String? = nil
  ) throws -> [Figure] {
    let recipe: DenoiserRecipe =
      try frames.map {
        isLVDM ? .lvdm(try EmojiFamily.lvdmUNet(), frames: $0) : .video(try EmojiFamily.videoUNet(), frames: $0)
      } ?? .image(try EmojiFamily.imageUNet())
    let part: FamilyPart = frames == nil ? .image : isLVDM ? .lvdm : .video
    let denoiser = try recipe.denoiser(WeightScope(try snapshot(part)))
    let evaluation = try evaluation(count: count, frames: frames, steps: steps, guidance: guidance)
    let text = try textConditioner()
    if let sheet { try evaluation.writeSheet(denoiser, text: text, to: sheet) }
    return try evaluation.figures(denoiser, text: text)
  }
}
