import Foundation
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceText
import NegativeSpaceWeights

extension RewardName {
  /// Reads the networks of the reward.
  ///
  /// - Parameter resizing: how pictures come to the size that a vision tower wants.
  /// - Throws: `RewardError`, errors in a file.
  package func load(_ resizing: PicturePreparation.Resizing = .bicubic) throws -> any Reward {
    switch kind {
    case .clipScore: return try CLIPSource(path: place()).reward(.clipScore, resizing)
    case .pickScore: return try CLIPSource(path: place()).reward(.pickScore, resizing)
    case .hps: return try CLIPSource(path: place()).reward(.hps, resizing)
    case .imageReward: return try ImageRewardFile(path: place()).reward(resizing)
    case .aesthetic:
      guard let head else { throw RewardError.noPath(kind, what: kind.files) }
      let vision = try CLIPSource(path: place()).model().vision
      return try FileWeights([try openTensorFile(head)]).build {
        try AestheticReward(vision: vision, head: $0, resizing: resizing)
      }
    case .quality:
      let path = try place()
      let file = fileKind(path) == .folder ? path + "/quality.safetensors" : path
      return try FileWeights([try openTensorFile(file)]).build { try QualityReward($0) }
    case .colourfulness: return ColourfulnessReward()
    case .sharpness: return SharpnessReward()
    case .exposure: return ExposureReward()
    case .jpegSize: return JPEGSizeReward()
    }
  }

  /// Where the network is.
  private func place() throws -> String {
    guard let path else { throw RewardError.noPath(kind, what: kind.files) }
    return path
  }
}
