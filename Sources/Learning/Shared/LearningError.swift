import NegativeSpaceRewards

/// An error that keeps a negative from being learned, as facts.
public enum LearningError: Error, Hashable, CustomStringConvertible {
  /// A setting that cannot be followed, and what it may be.
  case setting(String, found: String, expected: String)
  /// Interrupted before the first validation: there is no result yet, and the state is in `folder`.
  case notValidated(folder: String)
  /// Texts that a writer learned to write and that are too far from those of the writer it began with.
  case collapsed(divergence: Float, limit: Float, folder: String)
  /// Interrupted before the first step: there is nothing to write; the run's folder is `folder`.
  case notLearned(folder: String)

  /// One sentence with both sides.
  public var description: String {
    switch self {
    case .setting(let name, let found, let expected):
      "\(name) is \(found); expected \(expected)."
    case .collapsed(let divergence, let limit, let folder):
      "Learning ended: what is written diverges by \(divergence) a token from the first writer's, more than \(limit); the best "
        + "state before is kept in \(folder). A lower learning rate or a larger weight of the divergence may help."
    case .notValidated(let folder):
      "Nothing is validated yet, so nothing is written; the same command goes on in \(folder)."
    case .notLearned(let folder):
      "No step was made yet, so nothing is written; the run's folder is \(folder)."
    }
  }

  /// Refuses rewards by which nothing can be learned.
  static func requireGradients(_ rewards: [any Reward]) throws {
    guard let reward = rewards.first(where: { !$0.hasGradient }) else { return }
    throw LearningError.setting(
      "rewards", found: "\(reward.name), which has no gradient",
      expected: "one that has; this one is measured by compare and score, and sought by a search of the zeroth order")
  }

  /// Refuses numbers below 1, and those beyond all that can be counted on.
  static func requirePositive(_ settings: [(name: String, value: Int)]) throws {
    for (name, value) in settings where value < 1 {
      throw LearningError.setting(name, found: "\(value)", expected: "at least 1")
    }
    for (name, value) in settings where value > 1_000_000_000 {
      throw LearningError.setting(name, found: "\(value)", expected: "at most 1000000000")
    }
  }
}
