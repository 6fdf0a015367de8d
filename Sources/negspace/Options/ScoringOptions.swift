import ArgumentParser
import NegativeSpaceRewards

/// Rewards and judge that score pictures and clips.
struct ScoringOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A reward; repeatable, and then also summed by weight: "
        + "\(RewardName.Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "NAME[=PATH[,HEAD]][:WEIGHT]"))
  var reward: [String] = []

  @Option(
    help: ArgumentHelp(
      "The family's judge, such as Models/emoji-judge: quality, and for prompts of the family's grammar concept, background and motion.",
      valueName: "path"), completion: .directory)
  var judge: String?

  /// - Throws: `RewardError`.
  func rewards() throws -> [RewardName] { try reward.map { try RewardName(parsing: $0) } }
}
