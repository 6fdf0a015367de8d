import Layers

extension FamilyRuns {
  /// How well the trained image (`frames` nil) or video denoiser does what held-out prompts say.
  package func evaluate(count: Int, frames: Int?, steps: Int, guidance: Float) throws -> [Figure] {
    let recipe: DenoiserRecipe =
      try frames.map { .video(try EmojiFamily.videoUNet(), frames: $0) } ?? .image(try EmojiFamily.imageUNet())
    let weights = try snapshot(frames == nil ? .image : .video)
    return try evaluation(count: count, frames: frames, steps: steps, guidance: guidance)
      .figures(recipe.denoiser(WeightScope(weights)), text: textConditioner())
  }
}
