import Foundation
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceText
import NegativeSpaceWeights

extension RewardName {
  /// Reads the networks of the reward.
  ///
  /// - Throws: `RewardError`, errors in a file.
  package func load() throws -> any Reward {
    guard let path else { throw RewardError.noPath(kind, what: kind.files) }
    switch kind {
    case .clipScore: return try CLIPSource(path: path).reward(.clipScore)
    case .pickScore: return try CLIPSource(path: path).reward(.pickScore)
    case .hps: return try CLIPSource(path: path).reward(.hps)
    case .imageReward: return try ImageRewardFile(path: path).reward()
    case .aesthetic:
      guard let head else { throw RewardError.noPath(kind, what: kind.files) }
      let vision = try CLIPSource(path: path).model().vision
      return try FileWeights([try openTensorFile(head)]).build { try AestheticReward(vision: vision, head: $0) }
    case .quality:
      let file = fileKind(path) == .folder ? path + "/quality.safetensors" : path
      return try FileWeights([try openTensorFile(file)]).build { try QualityReward($0) }
    }
  }
}
