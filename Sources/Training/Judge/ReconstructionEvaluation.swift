package import EmojiWorld
import Foundation
package import Networks
import Tensors

/// What the autoencoder leaves of rendered pictures and clips: the most that a denoiser behind it can be judged to reach.
package struct ReconstructionEvaluation {
  private let autoencoder: AutoencoderKL
  private let judge: JudgeNetwork?
  private let classes: JudgeClasses

  package init(autoencoder: AutoencoderKL, judge: JudgeNetwork?, classes: JudgeClasses) {
    (self.autoencoder, self.judge, self.classes) = (autoencoder, judge, classes)
  }

  /// PSNR, and the judge's accuracies on what was rendered and on what came back.
  ///
  /// - Parameters:
  ///   - dataset: undamaged, so that blur is never right.
  ///   - count: of pictures; a quarter as many clips are looked at.
  package func figures(_ dataset: Dataset, count: Int, frames: Int) -> [Figure] {
    var squared = 0.0
    var concepts = (rendered: 0, decoded: 0)
    for index in 0..<count {
      let sample = dataset.image(at: index)
      let decoded = reconstruct(sample.canvas)
      squared += zip(decoded.values, sample.canvas.values).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
      if concept(sample.canvas) == sample.scene.concept { concepts.rendered += 1 }
      if concept(decoded) == sample.scene.concept { concepts.decoded += 1 }
    }
    var motions = (rendered: 0, decoded: 0)
    let clips = (0..<max(1, count / 4)).map { dataset.clip(at: $0, frames: frames) }
    for clip in clips {
      if MotionJudge.judge(clip.frames) == clip.scene.motion { motions.rendered += 1 }
      if MotionJudge.judge(clip.frames.map(reconstruct)) == clip.scene.motion { motions.decoded += 1 }
    }
    let values = Double(count * dataset.side * dataset.side * 3)
    let share = { (hits: Int, total: Int) in Float(hits) / Float(total) }
    return [
      Figure("PSNR", Float(10 * log10(values / squared))),
      Figure("concept accuracy, rendered", share(concepts.rendered, count)),
      Figure("concept accuracy, decoded", share(concepts.decoded, count)),
      Figure("motion accuracy, rendered", share(motions.rendered, clips.count)),
      Figure("motion accuracy, decoded", share(motions.decoded, clips.count)),
    ]
  }

  private func reconstruct(_ canvas: Canvas) -> Canvas {
    PictureBatch.canvas(autoencoder.decode(autoencoder.encode(PictureBatch.tensor([canvas])).mean))
  }

  private func concept(_ canvas: Canvas) -> Concept? {
    judge?(PictureBatch.tensor([canvas]))[0].argmax().first.map { classes.concepts[$0] }
  }
}
