import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles
package import NegativeSpaceNetworks
import NegativeSpaceText
package import NegativeSpaceWeights

/// A text encoder that lies alone: transformers' folder (`text_encoder/`), or one file with transformers' or OpenCLIP's
/// names.
package struct TextEncoderFiles: Sendable {
  package let path: String
  package let configuration: CLIPTextConfiguration
  package let part: any ModelPart
  /// The id that fills up a prompt; nil leaves it to the tokenizer.
  private let tokenPadding: Int?

  /// The encoder at `path`, if there is one: nil for anything else.
  ///
  /// - Throws: errors in an encoder's files; `ModelError` where there is nothing.
  package init?(recognising path: String, _ options: ModelOptions = ModelOptions()) throws {
    self.path = path
    if try existingKind(path) == .folder {
      guard try KnownNetwork(ofFolder: path) == .textEncoder else { return nil }
      (part, tokenPadding) = (try ComponentFolder(path: path, variant: options.variant), nil)
    } else {
      guard let file = try TextEncoderFile(openTensorFile(path), config: options.config) else { return nil }
      (part, tokenPadding) = (file, file.tokenPadding)
    }
    configuration = try part.config().decode()
  }

  /// Reads the weights and a tokenizer: the one named, one that lies beside, as in a model's folder or a CLIP's, or
  /// CLIP's on this machine.
  ///
  /// - Throws: `CheckpointError.noTokenizer`, `ModelError`, `WeightMismatch`, errors in the files.
  func encoder(tokenizer named: String?) throws -> PromptEncoder {
    let here = fileKind(path) == .folder ? path : path.parentFolder
    let places = named.map { [$0] } ?? ["\(here)/tokenizer", here.isEmpty ? "." : here, "\(here)/../tokenizer"]
    guard let place = places.first(where: { named != nil || isTokenizerFolder($0) }) ?? LocalTokenizer.folder() else {
      throw CheckpointError.noTokenizer(file: path)
    }
    var tokenizer = try CLIPTokenizer(folder: URL(fileURLWithPath: place))
    if let tokenPadding { tokenizer.padding = tokenPadding }
    return try PromptEncoder(
      tokenizer: tokenizer, configuration: configuration,
      weights: part.weights(recipe: .textEncoder, checkFinite: true), of: path)
  }
}
