import Foundation
import Layers
import Networks
import Text
import Weights

extension RewardName {
  /// Reads the networks of the reward.
  ///
  /// - Throws: `RewardError`, what is wrong with a file.
  package func load() throws -> any Reward {
    guard let path else { throw RewardError.noPath(kind, what: "the folder of a CLIP in transformers' layout") }
    let folder = CLIPFolder(path: path)
    switch kind {
    case .clipScore: return try folder.reward(.clipScore)
    case .pickScore: return try folder.reward(.pickScore)
    case .hps: return try folder.reward(.hps)
    case .aesthetic:
      guard let head else { throw RewardError.noPath(kind, what: "the folder of CLIP ViT-L/14 and the head's file") }
      let vision = try folder.model().vision
      return try FileWeights([try openTensorFile(head)]).build { try AestheticReward(vision: vision, head: $0) }
    case .quality:
      let vision = try folder.model().vision
      let weights = try FileWeights([try openTensorFile(head ?? path + "/quality_head.safetensors")])
      return try weights.build {
        try QualityReward(vision: vision, head: $0["quality_head"], preparation: folder.preparation(vision))
      }
    }
  }
}

/// A CLIP in transformers' layout: config.json, weights, tokenizer and, if there is one, preprocessor_config.json.
struct CLIPFolder {
  let path: String

  /// - Throws: what is wrong with a file.
  func model() throws -> CLIPModel {
    let configuration: CLIPConfiguration = try ConfigFile(path: path + "/config.json").decode()
    let weights = try ComponentFolder(path: path).weights(checkFinite: true)
    return try weights.build { try CLIPModel(configuration, $0) }
  }

  func tokenizer() throws -> CLIPTokenizer {
    let files = FileManager.default
    let folder = files.fileExists(atPath: path + "/tokenizer/vocab.json") ? path + "/tokenizer" : path
    guard files.fileExists(atPath: folder + "/vocab.json") else { throw RewardError.noTokenizer(path: path) }
    return try CLIPTokenizer(folder: URL(fileURLWithPath: folder))
  }

  /// As preprocessor_config.json says, else CLIP's own.
  func preparation(_ vision: CLIPVisionModelWithProjection) throws -> PicturePreparation {
    let file = path + "/preprocessor_config.json"
    let size = vision.configuration.imageSize
    guard FileManager.default.fileExists(atPath: file) else { return PicturePreparation(size: size) }
    let config = try ConfigFile(path: file)
    let standard = PicturePreparation(size: size)
    let mean = try config.numbers("image_mean", default: standard.mean.map(Double.init))
    let deviation = try config.numbers("image_std", default: standard.deviation.map(Double.init))
    guard mean.count == 3, deviation.count == 3, deviation.allSatisfy({ $0 > 0 }) else {
      throw ConfigError.refused(
        file: file, reason: "image_mean and image_std must each have three numbers, the latter positive.")
    }
    return PicturePreparation(size: size, mean: mean.map { Float($0) }, deviation: deviation.map { Float($0) })
  }

  func reward(_ scale: CLIPReward.Scale) throws -> CLIPReward {
    let model = try model()
    return try CLIPReward(
      model, tokenizer: tokenizer(), scale: scale, preparation: preparation(model.vision))
  }
}
