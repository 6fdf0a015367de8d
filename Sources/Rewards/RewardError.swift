/// An error in a reward that is asked for.
public enum RewardError: Error, Hashable, CustomStringConvertible {
  /// No clip reward is called so, or its weight is no number.
  case badClipName(String)
  /// A text that does not name a reward.
  case badName(String)
  /// A classifier of pictures that classes' names do not fit.
  case badClasses(String, expected: String)
  /// A file without the last layer of an Inception v3, or with another.
  case notInception(path: String, head: [Int]?)
  /// A reward without the files that it needs.
  case noPath(RewardName.Kind, what: String)
  /// A file named for a reward without a network.
  case needlessPath(RewardName.Kind, path: String)
  /// A CLIP without `vocab.json` and `merges.txt`.
  case noTokenizer(path: String)
  /// A file that lacks one of the tensors of `ImageReward.pt`.
  case notImageReward(path: String, missing: String)
  /// No `vocab.txt` of BERT beside `ImageReward.pt`.
  case noVocabulary(path: String)
  /// A `vocab.txt` with more words than the network knows.
  case vocabularyTooLarge(path: String, entries: Int, expected: Int)

  /// One sentence and a hint.
  public var description: String {
    switch self {
    case .badName(let text):
      "\"\(text)\" is not a reward; expected NAME[=PATH[,HEAD]][:WEIGHT] with one of the names "
        + RewardName.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    case .badClipName(let text):
      "\"\(text)\" is not a reward of clips; expected NAME[:WEIGHT] with one of the names "
        + ClipRewardName.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    case .badClasses(let text, let expected):
      "the classifier \(text) wants other classes; expected \(expected)"
    case .notInception(let path, let head):
      "\(path) is no Inception v3: its fc.weight is \(head.map { "\($0)" } ?? "missing"), expected [1000, 2048] as in torchvision's "
        + "file, or [1008, 2048] as in that of the FID"
    case .noPath(let kind, let what):
      "the reward \(kind.rawValue) needs \(what): \(kind.rawValue)=PATH"
    case .needlessPath(let kind, let path):
      "the reward \(kind.rawValue) reads no file, and \(path) is named for it; leave out what follows its name"
    case .noTokenizer(let path):
      "\(path) has no tokenizer; put vocab.json and merges.txt of its CLIP beside the weights"
    case .notImageReward(let path, let missing):
      "\(path) lacks \(missing), which ImageReward.pt has"
    case .noVocabulary(let path):
      "there is no \(path); put vocab.txt of bert-base-uncased beside ImageReward.pt"
    case .vocabularyTooLarge(let path, let entries, let expected):
      "\(path) has \(entries) entries, ImageReward.pt has embeddings for \(expected); do the two belong together?"
    }
  }
}
