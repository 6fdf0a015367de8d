import NegativeSpaceEmojiWorld
package import NegativeSpaceEvaluation
import NegativeSpaceMedia

/// The family's judge as a source of scores: quality, and what prompts of the family's grammar ask for.
package struct EmojiFrameJudge: FrameJudge {
  private let folder: String

  /// - Parameter folder: the shipped one, such as `Models/emoji-judge`.
  package init(folder: String) { self.folder = folder }

  package var files: [String] { ["config.json", "judge.safetensors"].map { "\(folder)/\($0)" } }

  package func names(isClip: Bool) -> [ScoreName] {
    [.quality, .concept, .background] + (isClip ? [.motion] : [])
  }

  package func load() throws -> ScoreSource.Function {
    let judge = try EmojiJudge(folder: folder)
    let reader = CaptionReader(concepts: judge.classes.concepts)
    return { footage, texts, _ in
      Self.scores(judge, footage, asked: texts.prompt.flatMap { Self.asked($0, reader) })
    }
  }

  /// Attributes of a prompt if it is a sentence of the family's grammar about a concept that the judge knows.
  private static func asked(_ prompt: String, _ reader: CaptionReader) -> CaptionAttributes? {
    let reading = reader.read(prompt)
    return reading.unknown.isEmpty && reading.attributes.concept != nil ? reading.attributes : nil
  }

  /// The judge's scores; none where nothing is asked for that it knows.
  private static func scores(
    _ judge: EmojiJudge, _ footage: Footage, asked: CaptionAttributes?
  ) -> [String: Double] {
    guard let asked else { return [:] }
    let verdict = EmojiVerdict(footage.canvases(side: judge.side), asked: asked, judge: judge)
    let shares = [
      (ScoreName.concept, verdict.concept), (.background, verdict.background), (.motion, verdict.motion),
    ]
    var scores = shares.reduce(into: [String: Double]()) { $0[$1.0.text] = $1.1.map { $0 ? 1.0 : 0 } }
    scores[ScoreName.quality.text] = verdict.quality.map(Double.init)
    return scores
  }
}

extension ScoreName {
  fileprivate static let quality = ScoreName("judge quality")
  fileprivate static let concept = ScoreName("concept accuracy", isShare: true)
  fileprivate static let background = ScoreName("background accuracy", isShare: true)
  fileprivate static let motion = ScoreName("motion accuracy", isShare: true)
}

extension Footage {
  /// The frames at the side that the judge knows.
  fileprivate func canvases(side: Int) -> [Canvas] {
    frames.map { frame in
      let sized = frame.width == side && frame.height == side ? frame : frame.resized(width: side, height: side)
      return Canvas(width: side, height: side, bytes: sized.pixels)
    }
  }
}
