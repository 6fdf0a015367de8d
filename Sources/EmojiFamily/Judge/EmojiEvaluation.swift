import Foundation
package import NegativeSpaceEmojiWorld
package import NegativeSpaceLearning
package import NegativeSpaceNetworks
import NegativeSpacePipelines
package import NegativeSpaceSampling
import NegativeSpaceTensors
package import NegativeSpaceTraining

/// Evaluation of a denoiser of the family against its prompts, by judges it was never trained against.
package struct EmojiEvaluation: Sendable {
  /// The prompts, with what should be seen for each.
  package let prompts: [SceneDirector.Prompt]
  private let autoencoder: AutoencoderKL
  private let judge: EmojiJudge?
  private let scheduler: SchedulerConfiguration
  private let frames: Int?
  private let steps: Int
  private let guidance: Float
  private let seed: Int
  private let isCancelled: @Sendable () -> Bool

  /// - Parameters:
  ///   - judge: nil leaves the concept unjudged.
  ///   - frames: frames of a clip; nil for pictures.
  ///   - isCancelled: asked before every call of a network; true ends what is made with `CancellationError`.
  package init(
    prompts: [SceneDirector.Prompt], autoencoder: AutoencoderKL, judge: JudgeNetwork?, classes: JudgeClasses,
    scheduler: SchedulerConfiguration, frames: Int?, steps: Int, guidance: Float, seed: Int = 7,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.prompts = prompts
    (self.autoencoder, self.judge) = (autoencoder, judge.map { EmojiJudge($0, classes: classes) })
    (self.scheduler, self.frames, self.steps) = (scheduler, frames, steps)
    (self.guidance, self.seed, self.isCancelled) = (guidance, seed, isCancelled)
  }

  func checkCancellation() throws {
    if isCancelled() { throw CancellationError() }
  }

  /// Concept accuracy, background accuracy and, for clips, motion accuracy.
  package func figures(_ denoiser: any Denoiser, text: TextConditioner) throws -> [Figure] {
    figures(of: try generate(text: text, range: 0..<prompts.count) { _ in denoiser })
  }

  /// The same for what the prompts became, in their order.
  ///
  /// - Parameter isDetailed: whether each motion that is asked for has a figure of its own, too.
  package func figures(of clips: [[Canvas]], isDetailed: Bool = false) -> [Figure] {
    let verdicts = zip(clips, prompts).map { EmojiVerdict($0, asked: $1.asked, judge: judge) }
    func share(_ isTrue: (EmojiVerdict) -> Bool?) -> Float {
      Float(verdicts.count { isTrue($0) == true }) / Float(max(1, verdicts.count))
    }
    var result = [Figure("background accuracy", share(\.background))]
    if judge != nil { result.insert(Figure("concept accuracy", share(\.concept)), at: 0) }
    if frames != nil { result.append(Figure("motion accuracy", share(\.motion))) }
    guard isDetailed else { return result }
    result += steadiness(of: clips)
    for motion in Motion.allCases {
      let those = zip(prompts, verdicts).filter { $0.0.asked.motion == motion }
      guard !those.isEmpty else { continue }
      let right = those.count { $0.1.motion == true }
      result.append(
        Figure("motion accuracy, \(motion.rawValue) (\(those.count))", Float(right) / Float(those.count)))
    }
    return result
  }

  /// Grain of plain backgrounds, and boiling of clips; means over those that have one.
  private func steadiness(of clips: [[Canvas]]) -> [Figure] {
    func mean(_ name: String, _ values: [Float]) -> [Figure] {
      values.isEmpty ? [] : [Figure(name, values.reduce(0, +) / Float(values.count))]
    }
    let plain = zip(clips, prompts).compactMap { clip, prompt -> [Canvas]? in
      guard case .plain = prompt.asked.background else { return nil }
      return clip
    }
    let grain = plain.joined().compactMap { BackgroundGrain($0)?.value }
    return mean("grain of plain backgrounds", grain) + mean("boiling", clips.compactMap { Boiling($0)?.value })
  }

  /// The first prompts' pictures, or some frames of the first clips, in one file.
  package func writeSheet(_ denoiser: any Denoiser, text: TextConditioner, to path: String) throws {
    let clips = try generate(text: text, range: 0..<min(prompts.count, frames == nil ? 48 : 12)) { _ in denoiser }
    guard let frames else {
      try SampleSheet.write(clips.compactMap(\.first), columns: 8, to: path)
      return
    }
    let columns = min(8, frames)
    let shown = clips.flatMap { clip in (0..<columns).map { clip[$0 * (frames - 1) / max(1, columns - 1)] } }
    try SampleSheet.write(shown, columns: columns, to: path)
  }

  /// Generates the prompts in `range`, several at a time, all from the same kind of noise.
  ///
  /// - Parameter denoiser: for each part of the range, what makes it.
  package func generate(
    text: TextConditioner, range: Range<Int>, _ denoiser: (Range<Int>) throws -> any Denoiser
  ) throws -> [[Canvas]] {
    let sampler = try SamplerName(of: scheduler).sampler(scheduler, steps: steps)
    let empty = text([""])
    let batch = frames == nil ? 16 : 2
    let side = EmojiFamily.side / autoencoder.configuration.factor
    let channels = autoencoder.configuration.latentChannels
    var clips: [[Canvas]] = []
    for start in stride(from: range.lowerBound, to: range.upperBound, by: batch) {
      let part = start..<min(range.upperBound, start + batch)
      let conditioning = Conditioning(positive: text(prompts[part].map(\.text)), negative: empty)
      let guided = GuidedDenoiser(try denoiser(part), Guidance(scale: guidance)) { _ in conditioning }
      var random = TorchRandom(seed: seed + start)
      let shape = frames.map { [part.count, $0, side, side, channels] } ?? [part.count, side, side, channels]
      let predict = guided.prediction()
      var denoising = Denoising(
        sampler, initialNoise: random.latents(shape), noise: RandomNoise(random),
        prediction: { latents, call in
          try checkCancellation()
          return try predict(latents, call)
        })
      let latents = try denoising.run() * (1 / autoencoder.configuration.scalingFactor)
      let pictures = latents.reshaped([part.count * (frames ?? 1), side, side, channels])
      for clip in 0..<part.count {
        let frames = frames ?? 1
        clips.append(
          try (0..<frames).map { frame in
            try checkCancellation()
            let at = clip * frames + frame
            return PictureBatch.canvas(autoencoder.decode(pictures.slice(axis: 0, from: at, to: at + 1)))
          })
      }
    }
    return clips
  }
}
