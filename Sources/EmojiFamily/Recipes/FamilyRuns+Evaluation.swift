package import NegativeSpaceEmojiWorld
import NegativeSpaceEvaluation
import NegativeSpaceLayers
import NegativeSpaceLearning
import NegativeSpaceNetworks
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
    /// Whether pictures are also compared as a whole with renderings.
    package var distance = false
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
    case .image, .video, .motion, .lvdm:
      return try evaluate(DenoiserRecipe(part, frames: judging.frames), part, judging)
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
    var figures = evaluation.figures(of: clips, isDetailed: true)
    if let frames = recipe.frames, let boiling = figures.first(where: { $0.name == "boiling" }) {
      let data = try dataset(.test, damagedFraction: 0)
      let rendered = ReconstructionEvaluation(autoencoder: try autoencoder(), judge: nil, classes: try judgeClasses())
        .boiling(PictureBatch.clips(data, 0..<min(48, judging.count), frames: frames))
      figures.append(Figure("boiling, over that of rendered clips", boiling.value / rendered))
    }
    if judging.distance { figures += try distances(denoiser, text, judging) }
    return figures
  }

  /// Fréchet distances on what the judge's heads look at: of pictures by held-out captions, and of as many renderings,
  /// both from the same other renderings.
  private func distances(_ denoiser: any Denoiser, _ text: TextConditioner, _ judging: Judging) throws -> [Figure] {
    guard let network = try judge() else {
      throw TrainingError.missingInput("a distance needs the judge; train it first")
    }
    let judge = EmojiJudge(network, classes: try judgeClasses())
    let data = try dataset(.test, seed: 6, damagedFraction: 0)
    let prompts = (0..<judging.count).map { index in
      let take = data.take(.picture, at: index)
      return SceneDirector.Prompt(text: take.caption, asked: take.named)
    }
    let pictures = try evaluation(prompts: prompts, frames: nil, steps: judging.steps, guidance: judging.guidance)
      .generate(text: text, range: 0..<prompts.count) { _ in denoiser }.compactMap(\.first)
    func rendered(_ range: Range<Int>) -> [[Float]] { judge.features(PictureBatch.samples(data, range).map(\.canvas)) }
    let reference = rendered(judging.count..<(2 * judging.count))
    let sets = [("pictures", judge.features(pictures)), ("renderings", rendered(0..<judging.count))]
    return sets.compactMap { name, features in
      FrechetDistance(features, reference: reference).map { Figure("Fréchet distance, \(name)", Float($0.value)) }
    }
  }
}
