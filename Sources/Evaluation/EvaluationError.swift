import NegativeSpacePipelines

/// An error in the files that are scored or compared.
public enum EvaluationError: Error, Hashable, CustomStringConvertible {
  /// A score that reads the prompt, of a file that has none.
  case noPrompt(path: String, score: String)
  /// A score that is NaN or infinite.
  case notFinite(score: String, path: String)
  /// More pixels than are kept in memory at once.
  case tooLong(path: String, frames: Int, limit: Int)
  /// A folder with one file for each prompt, of which there are not as many.
  case fileCount(folder: String, files: Int, prompts: Int)
  /// A folder whose embeddings name their prompts, and none names this one.
  case noEmbedding(folder: String, prompt: String)
  /// No frames where at least one has to be scored.
  case noFrames
  /// A frame of another size, width and height, than the first.
  case frameSize(index: Int, found: [Int], expected: [Int])
  /// Too few pictures for a figure of many.
  case fewPictures(count: Int, needed: Int)
  /// A classifier that tells classes by nothing whose distance could be measured.
  case noFeatures
  /// A cell's frames are not those that were written.
  case damagedCell(path: String)

  /// One sentence and a hint.
  public var description: String {
    switch self {
    case .noPrompt(let path, let score):
      "\(path) carries no prompt, which \(score) compares it with; give one with \(field: .prompt)"
    case .notFinite(let score, let path):
      "the \(score) of \(path) is NaN or infinite; check the reward's weights"
    case .tooLong(let path, let frames, let limit):
      "\(path) has more than \(frames) frames, beyond the \(limit) bytes of pixels that are read; cut it, or make it smaller"
    case .fileCount(let folder, let files, let prompts):
      "\(folder) holds \(files) files and there are \(prompts) prompts; expected one for each, in the order of their names"
    case .noEmbedding(let folder, let prompt):
      "\(folder) has embeddings for single prompts, but none for \"\(prompt.prefix(60))\"; add it, or leave the prompt out"
    case .noFrames:
      "there are no frames to score; expected at least one"
    case .frameSize(let index, let found, let expected):
      "frame \(index) has \(found[0]) × \(found[1]) pixels, the first one \(expected[0]) × \(expected[1]); they must be of one size"
    case .fewPictures(let count, let needed):
      "\(count) pictures are too few for this figure; expected at least \(needed)"
    case .noFeatures:
      "this classifier has no features to measure a distance by; use an Inception v3 or the family's judge"
    case .damagedCell(let path):
      "\(path) does not hold the frames that were written; delete it, and it is made again"
    }
  }
}
