/// An error in training, as facts.
package enum TrainingError: Error, CustomStringConvertible {
  case missingParameter(String)
  case parameterShape(String, expected: [Int], found: [Int])
  case notFinite(what: String, step: Int)
  case checkpoint(path: String, problem: String)
  case missingInput(String)

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
    }
  }
}
