import Foundation
package import NegativeSpaceEmojiWorld
package import NegativeSpaceNetworks
import NegativeSpaceTensors
package import NegativeSpaceTraining

/// Quality of rendered pictures and clips after the autoencoder: the most that a denoiser behind it can be judged to
/// reach.
package struct ReconstructionEvaluation {
  private let autoencoder: AutoencoderKL
  private let judge: EmojiJudge?

  /// - Parameter judge: nil leaves concepts and quality unjudged.
  package init(autoencoder: AutoencoderKL, judge: JudgeNetwork?, classes: JudgeClasses) {
    (self.autoencoder, self.judge) = (autoencoder, judge.map { EmojiJudge($0, classes: classes) })
  }

  /// PSNR, and the judge's accuracies and quality on what was rendered and on what came back.
  ///
  /// - Parameters:
  ///   - dataset: undamaged, so that blur is never right.
  ///   - count: of pictures; a quarter as many clips are looked at.
  package func figures(_ dataset: Dataset, count: Int, frames: Int) -> [Figure] {
    let samples = (0..<count).map { dataset.image(at: $0) }
    let rendered = samples.map(\.canvas)
    let decoded = rendered.map(reconstruct)
    let squared = zip(rendered, decoded).reduce(0.0) { sum, pair in
      sum + zip(pair.0.values, pair.1.values).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    }
    let clips = (0..<max(1, count / 4)).map { dataset.clip(at: $0, frames: frames) }
    let motions = { (change: (Canvas) -> Canvas) in
      Float(clips.count { MotionJudge.judge($0.frames.map(change)) == $0.scene.motion }) / Float(clips.count)
    }
    let values = Double(count * dataset.side * dataset.side * 3)
    let concepts = samples.map(\.scene.concept)
    return [Figure("PSNR", Float(10 * log10(values / squared)))]
      + verdict(rendered, concepts, "rendered") + verdict(decoded, concepts, "decoded")
      + [Figure("motion accuracy, rendered", motions { $0 }), Figure("motion accuracy, decoded", motions(reconstruct))]
      + [Figure("boiling, decoded", boiling(clips))]
  }

  /// Boiling of rendered clips after the autoencoder: the least that a denoiser behind it is expected to have.
  package func boiling(_ clips: [Dataset.Clip]) -> Float {
    let values = clips.compactMap { Boiling($0.frames.map(reconstruct))?.value }
    return values.reduce(0, +) / Float(max(1, values.count))
  }

  /// The judge's accuracy on the concepts, and its certainty that nothing is damaged.
  private func verdict(_ canvases: [Canvas], _ concepts: [Concept], _ name: String) -> [Figure] {
    guard let judge else { return [] }
    let read = judge.read(canvases)
    let right = zip(read.concepts, concepts).count { $0 == $1 }
    return [
      Figure("concept accuracy, \(name)", Float(right) / Float(canvases.count)),
      Figure("quality, \(name)", read.undamaged.reduce(0, +) / Float(canvases.count)),
    ]
  }

  private func reconstruct(_ canvas: Canvas) -> Canvas {
    PictureBatch.canvas(autoencoder.decode(autoencoder.encode(PictureBatch.tensor([canvas])).mean))
  }
}
