import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceText
import NegativeSpaceWeights

/// A CLIP on disk: a folder in transformers' layout (config.json, weights, tokenizer and, if there is one,
/// preprocessor_config.json), or a single file with OpenCLIP's names and a tokenizer beside it.
struct CLIPSource {
  private let part: any ModelPart
  /// Folder in which tokenizer and picture preparation are looked for.
  private let folder: String

  /// - Throws: errors in the file or the folder.
  init(path: String) throws {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue {
      part = try OpenCLIPFile(path: path)
      folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    } else {
      part = try ComponentFolder(path: path)
      folder = path
    }
  }

  /// - Throws: errors in a file.
  func model() throws -> CLIPModel {
    let configuration: CLIPConfiguration = try part.config().decode()
    return try part.weights(checkFinite: true).build { try CLIPModel(configuration, $0) }
  }

  func tokenizer() throws -> CLIPTokenizer {
    let files = FileManager.default
    let place = files.fileExists(atPath: folder + "/tokenizer/vocab.json") ? folder + "/tokenizer" : folder
    guard files.fileExists(atPath: place + "/vocab.json") else { throw RewardError.noTokenizer(path: folder) }
    return try CLIPTokenizer(folder: URL(fileURLWithPath: place))
  }

  /// As preprocessor_config.json says, else CLIP's own.
  func preparation(
    _ vision: CLIPVisionModelWithProjection, _ resizing: PicturePreparation.Resizing
  ) throws -> PicturePreparation {
    var preparation = try preparation(vision)
    preparation.resizing = resizing
    return preparation
  }

  private func preparation(_ vision: CLIPVisionModelWithProjection) throws -> PicturePreparation {
    let file = folder + "/preprocessor_config.json"
    let size = vision.configuration.imageSize
    guard FileManager.default.fileExists(atPath: file) else { return PicturePreparation(size: size) }
    let config = try ConfigFile(path: file)
    let standard = PicturePreparation(size: size)
    let mean = try config.numbers("image_mean", default: standard.mean.map(Double.init))
    let deviation = try config.numbers("image_std", default: standard.deviation.map(Double.init))
    guard mean.count == 3, deviation.count == 3, deviation.allSatisfy({ $0 > 0 }) else {
      throw ConfigurationError.refused(
        file: file, reason: "image_mean and image_std must each have three numbers, the latter positive.")
    }
    return PicturePreparation(size: size, mean: mean.map { Float($0) }, deviation: deviation.map { Float($0) })
  }

  func reward(_ scale: CLIPReward.Scale, _ resizing: PicturePreparation.Resizing) throws -> CLIPReward {
    let model = try model()
    return try CLIPReward(
      model, tokenizer: tokenizer(), scale: scale, preparation: preparation(model.vision, resizing))
  }
}
