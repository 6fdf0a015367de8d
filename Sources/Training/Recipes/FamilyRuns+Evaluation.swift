import Layers

extension FamilyRuns {
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
