package import NegativeSpaceRewards
import NegativeSpaceTensors

/// What is to become better: R = Σ γᵢ Rᵢ (arXiv:2403.18978, equation 6).
package struct TextCraftorObjective: Sendable {
  /// A reward with its weight.
  package struct Part: Sendable {
    package let reward: any Reward
    package let weight: Float
    /// Whether pictures are compared with what the tuned encoder says of the prompt (equation 8).
    package let readsTuned: Bool

    package init(_ reward: any Reward, weight: Float, readsTuned: Bool = false) {
      (self.reward, self.weight, self.readsTuned) = (reward, weight, readsTuned)
    }
  }

  package let parts: [Part]

  /// - Parameter parts: at least one.
  package init(_ parts: [Part]) {
    precondition(!parts.isEmpty, "an objective without rewards")
    self.parts = parts
  }

  package var name: String {
    parts.map { part in
      let name = part.reward.name + (part.readsTuned ? " by the tuned encoder" : "")
      return part.weight == 1 ? name : "\(part.weight) · \(name)"
    }.joined(separator: " + ")
  }

  /// The scores of each picture, one tensor (N) a part, without their weights.
  ///
  /// - Parameters:
  ///   - pictures: (N, H, W, 3) in [0, 1].
  ///   - pooled: (N, D), the tuned encoder's states of the prompts' ends.
  func scores(_ pictures: Tensor, prompts: [String], pooled: Tensor?) -> [Tensor] {
    parts.map { part in
      if part.readsTuned, let clip = part.reward as? CLIPReward, let pooled { return clip(pictures, pooled: pooled) }
      let reward = part.reward
      return reward(pictures, prompts: prompts)
    }
  }

  /// The weighted sum of scores: (N).
  func sum(_ scores: [Tensor]) -> Tensor {
    let weighted = zip(scores, parts).map { $0 * $1.weight }
    return weighted.dropFirst().reduce(weighted[0], +)
  }
}
