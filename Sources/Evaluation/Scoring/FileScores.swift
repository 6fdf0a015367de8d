public import NegativeSpacePipelines

/// Scores of a picture or video file.
public struct FileScores: Sendable, Hashable {
  /// The file.
  public let path: String
  /// Prompt it was compared with; nil where nobody knows what should be seen.
  public let prompt: String?
  /// Number of frames.
  public let frameCount: Int
  /// The scores that a file of its kind can have, in the order of tables.
  public let names: [ScoreName]
  /// The numbers by their names; what a prompt does not ask for is missing.
  public let values: [String: Double]
}

extension LoadedScorer {
  /// The scores of a file; of a video, rewards are means over its frames.
  ///
  /// - Parameters:
  ///   - path: a PNG, JPEG, WebP or other picture, or a video, told apart by content.
  ///   - prompt: text of what should be seen; nil is the one in the file's own record.
  /// - Throws: `EvaluationError`, `RequestError` where there is nothing to score it by, errors in the file.
  public func scores(contentsOf path: String, prompt: String? = nil) throws -> FileScores {
    let footage = try Footage(contentsOf: path)
    let names = scorer.names(isClip: footage.isClip)
    guard !names.isEmpty else {
      throw RequestError(
        .reward, found: "missing", expected: "a reward or \(field: .judge), since \(path) is a picture")
    }
    let own = (try? GenerationRecord(contentsOf: path))?.request
    let texts = ScoredTexts(prompt: prompt ?? own?.prompt, negative: own?.negativePrompt)
    return FileScores(
      path: path, prompt: texts.prompt, frameCount: footage.frames.count, names: names,
      values: try self(footage, texts, path: path))
  }

  /// The scores of frames by their names: of one a picture's, of several a clip's.
  ///
  /// - Parameters:
  ///   - frames: at least one, all of one size.
  ///   - prompt: text of what should be seen; nil where nobody knows.
  /// - Throws: `EvaluationError`.
  public func scores(of frames: [Frame], prompt: String? = nil) throws -> [String: Double] {
    guard let first = frames.first else { throw EvaluationError.noFrames }
    for frame in frames where (frame.width, frame.height) != (first.width, first.height) {
      throw EvaluationError.frameSize(
        index: frame.index, found: [frame.width, frame.height], expected: [first.width, first.height])
    }
    return try self(
      Footage(frames.map(\.picture), isClip: frames.count > 1), ScoredTexts(prompt: prompt),
      path: frames.count > 1 ? "the clip" : "the picture")
  }
}
