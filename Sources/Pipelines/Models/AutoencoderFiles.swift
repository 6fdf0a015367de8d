import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceLayers
package import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceWeights

/// An autoencoder of its own, in place of a model's: a diffusers folder, or one file of weights.
///
/// A file may hold diffusers' keys of either class, Stable Diffusion's own, or those of TAESD's own repository, whose
/// decoder and encoder are two files; the encoder is looked for beside the decoder.
package struct AutoencoderFiles: Sendable {
  package let path: String
  package let configuration: any LatentCodecConfiguration
  private let readers: [any TensorReader]
  private let layout: Layout

  private enum Layout: Sendable {
    case diffusers
    /// The decoder's list alone, and perhaps the encoder's; the decoder's begins with a layer that diffusers leaves
    /// out.
    case taesd(AutoencoderTinyConfiguration, encoder: (any TensorReader)?)
  }

  /// - Throws: `ModelError`, `TensorFileError`, `ModelFolderError`, `ConfigurationError`.
  package init(path: String) throws {
    self.path = path
    if try existingKind(path) == .folder {
      let inside = "\(path)/vae"
      let folder = try ComponentFolder(path: fileKind(inside) == .folder ? inside : path)
      configuration = try folder.config().latentCodec()
      (readers, layout) = (try folder.readers(), .diffusers)
      return
    }
    let reader = try openTensorFile(path)
    let names = reader.entries
    if let decoder = TAESDList(names, prefix: "") {
      let encoder = try Self.encoder(beside: path)
      let tiny = try decoder.configuration(encoder.flatMap { TAESDList($0.entries, prefix: "") })
      configuration = tiny
      (readers, layout) = ([reader], .taesd(tiny, encoder: encoder))
    } else if let decoder = TAESDList(names, prefix: "decoder.layers.") {
      configuration = try decoder.configuration(TAESDList(names, prefix: "encoder.layers."))
      (readers, layout) = ([reader], .diffusers)
    } else if names["decoder.up_blocks.0.resnets.0.conv1.weight"] != nil {
      var stable = AutoencoderKLConfiguration()
      (stable.blockOutChannels, stable.layersPerBlock) = ([128, 256, 512, 512], 2)
      configuration = stable
      (readers, layout) = ([reader], .diffusers)
    } else if let file = try AutoencoderFile(reader) {
      configuration = try file.config().latentCodec()
      (readers, layout) = (try file.readers(), .diffusers)
    } else {
      throw ModelError.notAnAutoencoder(path: path, found: names.keys.sorted().first ?? "no tensor")
    }
  }

  /// All files, an encoder's of its own too.
  var allReaders: [any TensorReader] {
    guard case .taesd(_, let encoder?) = layout else { return readers }
    return readers + [encoder]
  }

  /// `taesd_encoder.safetensors` for `taesd_decoder.safetensors`, if it is there.
  private static func encoder(beside path: String) throws -> (any TensorReader)? {
    let url = URL(fileURLWithPath: path)
    let name = url.lastPathComponent.replacingOccurrences(of: "decoder", with: "encoder")
    let other = url.deletingLastPathComponent().appending(path: name).path
    guard name != url.lastPathComponent, fileKind(other) == .file else { return nil }
    return try openTensorFile(other)
  }

  /// Reads the weights.
  ///
  /// - Throws: `WeightMismatch`, `TensorFileError`.
  package func load(dtype: ComputeType) throws -> any LatentCodec {
    try build { try FileWeights($0, dtype: dtype.dataType, checkFinite: true) }
  }

  /// Sees whether the weights are those that the network needs, without reading them.
  ///
  /// - Throws: `WeightMismatch`.
  func check() throws { _ = try build { try FileWeights($0, delivery: .shapes) } }

  private func build(_ weights: ([any TensorReader]) throws -> FileWeights) throws -> any LatentCodec {
    guard case .taesd(let configuration, let encoder) = layout else {
      return try weights(readers).build { try configuration.codec($0) }
    }
    let source = TAESDWeights(decoder: try weights(readers), encoder: try encoder.map { try weights([$0]) })
    let network = try AutoencoderTiny(configuration, WeightScope(source), hasEncoder: encoder != nil)
    try source.finish()
    return network
  }

  /// The reference with a hash over the weights, which must be the one it had before, if it had one.
  ///
  /// - Throws: `ModelError`.
  static func hashed(_ reference: FileReference) throws -> FileReference {
    guard try existingKind(reference.path) == .folder else { return try reference.hashed() }
    var hash = SHA256()
    for reader in try AutoencoderFiles(path: reference.path).readers {
      hash.update(try SHA256.hexadecimal(ofFile: reader.file).utf8)
    }
    var result = reference
    let found = hash.hexadecimal
    if let sha256 = reference.sha256, sha256 != found {
      throw ModelError.changedFile(path: reference.path, expected: sha256, found: found)
    }
    result.sha256 = found
    return result
  }
}
