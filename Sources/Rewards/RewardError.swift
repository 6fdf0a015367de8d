/// What can be wrong with a reward that is asked for.
package enum RewardError: Error, Hashable, CustomStringConvertible {
  case badName(String)
  case noPath(RewardName.Kind, what: String)
  case noTokenizer(path: String)

  package var description: String {
    switch self {
    case .badName(let text):
      "\"\(text)\" is not a reward; expected NAME[=PATH[,HEAD]][:WEIGHT] with one of the names "
        + RewardName.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    case .noPath(let kind, let what):
      "the reward \(kind.rawValue) needs \(what): \(kind.rawValue)=PATH"
    case .noTokenizer(let path):
      "\(path) has no tokenizer; put vocab.json and merges.txt of its CLIP beside the weights"
    }
  }
}
