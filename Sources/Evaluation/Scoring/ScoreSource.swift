import Foundation
import NegativeSpacePipelines
package import NegativeSpaceRewards
import NegativeSpaceWeights

/// Source of scores: a reward, the judge, or measures without a network; told by its files, loaded when it is needed.
package struct ScoreSource: Sendable {
  /// A hash of what the scores depend on beside frames and prompt: two sources with one identity give the same numbers.
  package let identity: String
  let kind: Kind

  enum Kind: Sendable {
    case reward(RewardName, ScoreName)
    case negative(NegativeAgreement)
    case judge(any FrameJudge)
    case measures
  }

  /// Scores by their names; what a prompt does not ask for is missing.
  ///
  /// `path` says whose they are, for messages.
  package typealias Function =
    @Sendable (_ footage: Footage, _ texts: ScoredTexts, _ path: String) throws -> [String: Double]

  /// Three measures of clips, without weights.
  package static let measures = ScoreSource(identity: "measures, 3", kind: .measures)

  /// A judge.
  ///
  /// - Throws: `ModelError` where its files cannot be read.
  package static func judge(_ judge: any FrameJudge) throws -> ScoreSource {
    ScoreSource(identity: "judge " + (try ModelIdentity.hash(ofFiles: judge.files)), kind: .judge(judge))
  }

  /// Rewards one by one; the weights do not count here.
  ///
  /// - Throws: `ModelError` where files cannot be read, `RewardError` where none are named.
  package static func rewards(_ names: [RewardName]) throws -> [ScoreSource] {
    var used: [String: Int] = [:]
    return try names.map { reward in
      let kind = reward.kind.rawValue
      used[kind, default: 0] += 1
      let label = used[kind].map { $0 > 1 ? "\(kind) \($0)" : kind } ?? kind
      return ScoreSource(
        identity: "\(label) \(try ModelIdentity.hash(ofFiles: files(reward)))",
        kind: .reward(reward, ScoreName(label)))
    }
  }

  /// Agreement with what should be avoided.
  ///
  /// - Throws: `ModelError` where files cannot be read, `RewardError` where none are named.
  static func negative(_ agreement: NegativeAgreement) throws -> ScoreSource {
    let files = try ModelIdentity.hash(ofFiles: files(agreement.clip))
    // Texts are part of the identity: others give other scores.
    return ScoreSource(
      identity: "CLIP- \(files) \(agreement.words ?? "the own")", kind: .negative(agreement))
  }

  /// The files of a reward: those of its folder and its tokenizer's, and the head.
  private static func files(_ reward: RewardName) throws -> [String] {
    guard reward.kind.needsFiles else { return [] }
    guard let path = reward.path else {
      throw RewardError.noPath(reward.kind, what: reward.kind.files)
    }
    var files = reward.head.map { [$0] } ?? []
    guard try existingKind(path) == .folder else { return files + [path] }
    for folder in [path, path + "/tokenizer"] where fileKind(folder) == .folder {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      files += names.map { "\(folder)/\($0)" }.filter { name in
        [".json", ".safetensors", ".bin", ".pt", ".txt"].contains { name.hasSuffix($0) }
      }
    }
    return files
  }

  /// The scores it can give.
  package func names(isClip: Bool) -> [ScoreName] {
    switch kind {
    case .reward(_, let name): [name]
    case .negative: [.clipNegative]
    case .judge(let judge): judge.names(isClip: isClip)
    case .measures: isClip ? [.flicker, .motionAmount, .motionSmoothness] : []
    }
  }

  /// Reads its networks.
  ///
  /// - Throws: errors in the files.
  package func load() throws -> Function {
    switch kind {
    case .reward(let reward, let name):
      let network = try reward.load()
      return { footage, texts, path in
        if reward.kind.readsPrompt, texts.prompt == nil {
          throw EvaluationError.noPrompt(path: path, score: name.text)
        }
        return [name.text: ScoreFunctions.mean(network, footage, prompt: texts.prompt ?? "")]
      }
    case .negative(let agreement):
      let network = try agreement.clip.load()
      return { footage, texts, _ in
        guard let words = agreement.words ?? texts.negative, !words.isEmpty else { return [:] }
        return [ScoreName.clipNegative.text: ScoreFunctions.mean(network, footage, prompt: words)]
      }
    case .judge(let judge): return try judge.load()
    case .measures: return { footage, _, _ in ScoreFunctions.measures(footage) }
    }
  }
}
