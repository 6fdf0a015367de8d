import Foundation
import NegativeSpaceConfiguration

extension CheckpointFile {
  package func component(_ name: String) throws -> CheckpointPart {
    guard components[name] != nil else { throw CheckpointError.missingPart(file: path, part: name) }
    return CheckpointPart(
      path: name == "tokenizer" ? try tokenizerFolder() : path, name: name, fields: try fields(name),
      reader: readers[name], configured: options.config.flatMap { try? ComponentFolder(path: "\($0)/\(name)") })
  }

  /// The folder of a part that another model lends.
  package func lentFolder(_ name: String) -> String? {
    lent.contains(name) ? options.config.map { "\($0)/\(name)" } : nil
  }

  private func fields(_ name: String) throws -> [String: JSONValue] {
    let predicted = prediction.name
    switch name {
    case "unet" where lvdm != nil: return lvdm?.unet.fields ?? [:]
    case "scheduler" where lvdm != nil: return lvdm?.scheduler.fields ?? [:]
    case "unet":
      // Every level but the last halves the picture; without an autoencoder, three as in the published models.
      let halvings = autoencoder.isEmpty ? 3 : autoencoder.keys.count { $0.hasSuffix(".downsample.conv.weight") }
      return unet.fields.merging(["sample_size": .integer(PublishedModel.side(predicted) >> halvings)]) { $1 }
    case "vae" where readers["vae"] != nil:
      let layout = try LDMAutoencoderLayout(
        autoencoder, side: PublishedModel.side(predicted), file: path)
      return layout.fields.merging(lvdm?.scaleFactor.map { ["scaling_factor": $0] } ?? [:]) { $1 }
    case "text_encoder": return text?.fields ?? [:]
    case "scheduler": return PublishedModel.scheduler(predicted)
    default: return [:]
    }
  }

  package func tokenizerFolder() throws -> String {
    let beside = URL(fileURLWithPath: path).deletingLastPathComponent().path + "/tokenizer"
    let places = [options.tokenizer, options.config.map { $0 + "/tokenizer" }, beside].compactMap { $0 }
    for place in places where fileKind(place) == .folder {
      let inside = place + "/tokenizer"
      return !isTokenizerFolder(place) && fileKind(inside) == .folder ? inside : place
    }
    if let named = options.tokenizer { throw ModelFolderError.notAFolder(path: named) }
    if let local = LocalTokenizer.folder() { return local }
    throw CheckpointError.noTokenizer(file: path)
  }
}
