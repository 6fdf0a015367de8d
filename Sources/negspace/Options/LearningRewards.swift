import NegativeSpacePipelines
import NegativeSpaceRewards

/// The rewards that something is learned by.
enum LearningRewards {
  /// Those of the family, in words.
  static let usual =
    "the shipped family's, quality of Models/emoji-reward and clipscore of Models/emoji-clip at \(clipWeight)"
  private static let clipWeight: Float = 0.05

  /// Those that were asked for, or the family's; a model of other pictures than the family's is warned of them.
  ///
  /// - Throws: `RewardError`, `ModelError.noDefaultModel`.
  static func named(
    _ texts: [String], for model: DiffusionModel, _ reporting: ReportingOptions
  ) throws -> [RewardName] {
    if texts.isEmpty, !model.declaresWords {
      reporting.note(
        "Warning: without --reward the rewards of Models judge, which know the shipped family's pictures alone; for "
          + "\(model.path) name others (docs/reneg.md).")
    }
    return try named(texts)
  }

  /// Those that were asked for, or the family's.
  ///
  /// - Throws: `RewardError`, `ModelError.noDefaultModel`.
  static func named(_ texts: [String]) throws -> [RewardName] {
    if !texts.isEmpty { return try texts.map { try RewardName(parsing: $0) } }
    return [
      RewardName(.quality, path: try DefaultModel.folder("emoji-reward", with: "quality.safetensors")),
      RewardName(.clipScore, path: try DefaultModel.folder("emoji-clip", with: "config.json"), weight: clipWeight),
    ]
  }
}
