/// What can be wrong with a reward that is asked for.
package enum RewardError: Error, Hashable, CustomStringConvertible {
  case badName(String)
  case noPath(RewardName.Kind, what: String)
  case noTokenizer(path: String)
  case notImageReward(path: String, missing: String)
  case noVocabulary(path: String)
  case vocabularyTooLarge(path: String, entries: Int, expected: Int)

  package var description: String {
    switch self {
    case .badName(let text):
      "\"\(text)\" is not a reward; expected NAME[=PATH[,HEAD]][:WEIGHT] with one of the names "
        + RewardName.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    case .noPath(let kind, let what):
      "the reward \(kind.rawValue) needs \(what): \(kind.rawValue)=PATH"
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
