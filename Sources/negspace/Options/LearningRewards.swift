import NegativeSpaceRewards

/// The rewards that something is learned by.
enum LearningRewards {
  /// Those that were asked for, or the family's.
  ///
  /// - Throws: `RewardError`, `ModelError.noDefaultModel`.
  static func named(_ texts: [String]) throws -> [RewardName] {
    if !texts.isEmpty { return try texts.map { try RewardName(parsing: $0) } }
    return [
      RewardName(.quality, path: try DefaultModel.folder("emoji-reward", with: "quality.safetensors")),
      RewardName(.clipScore, path: try DefaultModel.folder("emoji-clip", with: "config.json"), weight: 0.05),
    ]
  }
}
