import NegativeSpaceConfiguration
package import NegativeSpaceEmojiWorld
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceWeights

/// The judge's network with the names of its classes.
package struct EmojiJudge: Sendable {
  package let classes: JudgeClasses
  /// Pixels of an edge of the pictures that it was trained on.
  package let side: Int
  let network: JudgeNetwork

  package init(_ network: JudgeNetwork, classes: JudgeClasses, side: Int = EmojiFamily.side) {
    (self.network, self.classes, self.side) = (network, classes, side)
  }

  /// Reads the shipped folder: `config.json` with the concepts in their order and `image_size`, `judge.safetensors`.
  ///
  /// - Throws: `ConfigurationError`, `TensorFileError`, `WeightMismatch`.
  package init(folder: String) throws {
    let file = folder + "/config.json"
    let config = try ConfigFile(path: file)
    let side = try config.integer("image_size", default: EmojiFamily.side, in: 16...1024)
    let classes = JudgeClasses(
      concepts: try config.strings("concepts").map { name in
        guard let concept = Concept.named(name) else {
          throw ConfigurationError.refused(
            file: file, reason: "\"\(name)\" is none of the concepts that are known here.")
        }
        return concept
      })
    let weights = try FileWeights([try openTensorFile(folder + "/judge.safetensors")])
    self.init(try weights.build { try JudgeNetwork($0, classes: classes.counts) }, classes: classes, side: side)
  }

  /// The concept that each frame shows, and its probability to be undamaged.
  ///
  /// - Parameter frames: at least one, of the side that the judge was trained on.
  func read(_ frames: [Canvas]) -> (concepts: [Concept], undamaged: [Float]) {
    let logits = network(PictureBatch.tensor(frames))
    let damages = logits[1].softmax()  // (N, damages + 1), "none" first
    let undamaged = damages.slice(axis: 1, from: 0, to: 1).floats
    return (logits[0].argmax().map { classes.concepts[$0] }, undamaged)
  }

  /// What the network sees in each frame, a row each.
  func features(_ frames: [Canvas]) -> [[Float]] {
    stride(from: 0, to: frames.count, by: 16).flatMap { start -> [[Float]] in
      let part = Array(frames[start..<min(frames.count, start + 16)])
      let values = network.features(PictureBatch.tensor(part)).cast(to: .float32)
      let (width, floats) = (values.size(1), values.floats)
      return part.indices.map { Array(floats[($0 * width)..<(($0 + 1) * width)]) }
    }
  }
}

/// Judgement of a picture or clip against what its prompt asks for.
package struct EmojiVerdict: Sendable, Hashable {
  /// The frames' mean probability to be undamaged; nil without a judge.
  package var quality: Float?
  /// Whether more than half of the frames show the concept; nil without a judge, or where none is asked for.
  package var concept: Bool?
  /// Whether the background is the one asked for; nil where none is.
  package var background: Bool?
  /// Whether the clip moves as asked for; nil for pictures, and where no motion is asked for.
  package var motion: Bool?

  /// - Parameters:
  ///   - frames: at least one.
  ///   - judge: nil leaves quality and concept unjudged.
  package init(_ frames: [Canvas], asked: CaptionAttributes, judge: EmojiJudge?) {
    if let (concepts, undamaged) = judge?.read(frames) {
      quality = undamaged.reduce(0, +) / Float(undamaged.count)
      // Every frame votes; the concept asked for needs more than half.
      concept = asked.concept.map { asked in 2 * concepts.count { $0 == asked } > concepts.count }
    }
    background = asked.background.map { $0 == BackgroundReading(of: frames).nearest }
    if frames.count > 1 { motion = asked.motion.map { $0 == MotionJudge.judge(frames) } }
  }
}
