/// An error in training, as facts.
package enum TrainingError: Error, CustomStringConvertible {
  case missingParameter(String)
  case parameterShape(String, expected: [Int], found: [Int])
  case notFinite(what: String, step: Int)
  case checkpoint(path: String, problem: String)
  case missingInput(String)
  case otherSettings(folder: String, [SettingDifference])
  case smallBatch(Int, shards: Int)

  package var description: String {
    switch self {
    case .missingParameter(let name):
      "there is no parameter '\(name)' in the weights that were trained; was the recipe changed since?"
    case .parameterShape(let name, let expected, let found):
      "parameter '\(name)' has shape \(found), the network wants \(expected); was the recipe changed since?"
    case .notFinite(let what, let step):
      "\(what) is not finite at step \(step); the last checkpoint is untouched — resume from it with a lower learning rate"
    case .checkpoint(let path, let problem):
      "cannot use checkpoint \(path): \(problem)"
    case .missingInput(let what):
      what
    case .otherSettings(let folder, let differences):
      "\(folder) holds a run of other settings, so nothing is trained; take another folder, or the settings that it has: "
        + differences.map { "\($0.name) is there '\($0.there)' and here '\($0.asked)'" }.joined(separator: "; ")
    case .smallBatch(let batch, let shards):
      "a batch of \(batch) cannot be cut into \(shards) shards; expected at least \(shards) samples a step, or fewer shards"
    }
  }
}
