package import NegativeSpaceTensors

/// A weighted sum of rewards, itself a reward.
package struct RewardMix: Reward {
  package let parts: [(reward: any Reward, weight: Float)]

  /// - Parameter parts: at least one.
  package init(_ parts: [(reward: any Reward, weight: Float)]) {
    precondition(!parts.isEmpty, "a mix of no rewards")
    self.parts = parts
  }

  package var name: String {
    parts.map { $0.weight == 1 ? $0.reward.name : "\($0.weight) · \($0.reward.name)" }.joined(separator: " + ")
  }

  package var hasGradient: Bool { parts.allSatisfy(\.reward.hasGradient) }

  package func callAsFunction(_ pictures: Tensor, prompts: [String]) -> Tensor {
    let scores = parts.map { $0.reward(pictures, prompts: prompts) * $0.weight }
    return scores.dropFirst().reduce(scores[0], +)
  }
}
