import ArgumentParser
import NegativeSpaceEvaluation
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

  @Option(
    help: ArgumentHelp(
      "Agreement with the negative prompt by a CLIP, lower being better: CLIP⁻, where clipscore is CLIP⁺.",
      valueName: "clip"), completion: .directory)
  var clipNegative: String?
  @Option(
    help: ArgumentHelp(
      "What should not be seen, for --clip-negative. (default: each one's own negative prompt)", valueName: "text"))
  var clipNegativeWords: String?

  func validate() throws {
    if clipNegative == nil, clipNegativeWords != nil {
      throw ValidationError("--clip-negative-words wants --clip-negative: a CLIP")
    }
  }

  /// The agreement with what should be avoided, if it is asked for.
  var negative: NegativeAgreement? { clipNegative.map { NegativeAgreement(path: $0, words: clipNegativeWords) } }

  /// - Throws: `RewardError`.
  func rewards() throws -> [RewardName] { try reward.map { try RewardName(parsing: $0) } }
}
