import Foundation
import Layers
import Networks
import Tensors
import Weights

/// An autoencoder of its own, in place of a model's: a diffusers folder, or one file of weights.
///
/// A file may hold diffusers' keys of either class, or those of TAESD's own repository, whose decoder and encoder are two
/// files; the encoder is looked for beside the decoder.
package struct AutoencoderFiles {
  package let path: String
  package let configuration: AutoencoderConfiguration
  private let readers: [any TensorReader]
  private let layout: Layout

  private enum Layout {
    case diffusers
    /// The decoder's list alone, and perhaps the encoder's; the decoder's begins with a layer that diffusers leaves out.
    case taesd(encoder: (any TensorReader)?)
  }

  /// - Throws: `ModelError`, `TensorFileError`, `ConfigError`, `ModelFolderError`.
  package init(path: String) throws {
    self.path = path
    if try fileKind(path) == .folder {
      let inside = "\(path)/vae"
      let folder = try ComponentFolder(path: (try? fileKind(inside)) == .folder ? inside : path)
      configuration = try folder.config().decode()
      (readers, layout) = (try folder.readers(), .diffusers)
      return
    }
    let reader = try openTensorFile(path)
    let names = reader.entries
    if let decoder = TinyList(names, prefix: "") {
      let encoder = try Self.encoder(beside: path)
      configuration = .tiny(decoder.configuration(encoder.flatMap { TinyList($0.entries, prefix: "") }))
      (readers, layout) = ([reader], .taesd(encoder: encoder))
    } else if let decoder = TinyList(names, prefix: "decoder.layers.") {
      configuration = .tiny(decoder.configuration(TinyList(names, prefix: "encoder.layers.")))
      (readers, layout) = ([reader], .diffusers)
    } else if names["decoder.up_blocks.0.resnets.0.conv1.weight"] != nil {
      var stable = AutoencoderKLConfiguration()
      (stable.blockOutChannels, stable.layersPerBlock) = ([128, 256, 512, 512], 2)
      configuration = .kl(stable)
      (readers, layout) = ([reader], .diffusers)
    } else {
      throw ModelError.notAnAutoencoder(path: path, found: names.keys.sorted().first ?? "no tensor")
    }
  }

  /// `taesd_encoder.safetensors` for `taesd_decoder.safetensors`, if it is there.
  private static func encoder(beside path: String) throws -> (any TensorReader)? {
    let url = URL(fileURLWithPath: path)
    let name = url.lastPathComponent.replacingOccurrences(of: "decoder", with: "encoder")
    let other = url.deletingLastPathComponent().appending(path: name).path
    guard name != url.lastPathComponent, (try? fileKind(other)) == .file else { return nil }
    return try openTensorFile(other)
  }

  /// Reads the weights.
  ///
  /// - Throws: `WeightMismatch`, `TensorFileError`.
  package func load(dtype: ComputeType) throws -> Autoencoder {
    func weights(_ readers: [any TensorReader]) throws -> FileWeights {
      try FileWeights(readers, dtype: dtype.dataType, checkFinite: true)
    }
    switch (configuration, layout) {
    case (.kl(let configuration), _):
      return .kl(try weights(readers).build { try AutoencoderKL(configuration, $0) })
    case (.tiny(let configuration), .diffusers):
      return .tiny(try weights(readers).build { try AutoencoderTiny(configuration, $0) })
    case (.tiny(let configuration), .taesd(let encoder)):
      let source = TAESDWeights(decoder: try weights(readers), encoder: try encoder.map { try weights([$0]) })
      let network = try AutoencoderTiny(configuration, WeightScope(source), hasEncoder: encoder != nil)
      try source.finish()
      return .tiny(network)
    }
  }

  /// The reference with a hash over the weights, which must be the one it had before, if it had one.
  ///
  /// - Throws: `ModelError`.
  static func hashed(_ reference: FileReference) throws -> FileReference {
    guard try fileKind(reference.path) == .folder else { return try reference.hashed() }
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

/// What the names and shapes of one half of a TAESD say about it.
private struct TinyList {
  /// Channels that go into the first convolution, and that come out of it.
  let inputs: Int
  let width: Int
  /// Blocks between one convolution and the next.
  let blocks: [Int]

  /// - Returns: nil where there is no such list.
  init?(_ entries: [String: TensorEntry], prefix: String) {
    func indices(_ ending: String) -> [Int] {
      entries.keys.filter { $0.hasPrefix(prefix) && $0.hasSuffix(ending) }
        .compactMap { Int($0.dropFirst(prefix.count).dropLast(ending.count)) }.sorted()
    }
    let (convolutions, residual) = (indices(".weight"), indices(".conv.0.weight"))
    guard convolutions.count > 1, !residual.isEmpty,
      let shape = entries["\(prefix)\(convolutions[0]).weight"]?.shape, shape.count == 4
    else { return nil }
    (width, inputs) = (shape[0], shape[1])
    blocks = zip(convolutions, convolutions.dropFirst()).map { from, to in residual.count { from < $0 && $0 < to } }
  }

  /// Of a decoder, with its encoder if there is one.
  func configuration(_ encoder: TinyList?) -> AutoencoderTinyConfiguration {
    var result = AutoencoderTinyConfiguration()
    result.latentChannels = inputs
    result.numDecoderBlocks = blocks
    result.decoderBlockOutChannels = blocks.map { _ in width }
    result.numEncoderBlocks = encoder?.blocks ?? blocks
    result.encoderBlockOutChannels = result.numEncoderBlocks.map { _ in encoder?.width ?? width }
    return result
  }
}

/// TAESD's own names for what diffusers calls `decoder.layers.N` and `encoder.layers.N`.
private final class TAESDWeights: WeightSource {
  private let decoder: FileWeights
  private let encoder: FileWeights?

  init(decoder: FileWeights, encoder: FileWeights?) { (self.decoder, self.encoder) = (decoder, encoder) }

  func finish() throws {
    try decoder.finish()
    try encoder?.finish()
  }

  func contains(_ name: String) -> Bool { place(name).source.contains(place(name).name) }

  func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    let (source, own) = place(name)
    return try source.tensor(own, shape: shape, role: role, initial: initial)
  }

  /// `decoder.layers.2.conv.0.weight` is `3.conv.0.weight` of the decoder's file: its layer 0 only bounds the latents.
  private func place(_ name: String) -> (source: FileWeights, name: String) {
    let parts = name.split(separator: ".").map(String.init)
    let rest = parts.dropFirst(3)
    guard parts.count > 3, let index = Int(parts[2]) else { return (decoder, name) }
    if parts[0] == "encoder", let encoder { return (encoder, ([parts[2]] + rest).joined(separator: ".")) }
    return (decoder, (["\(index + 1)"] + rest).joined(separator: "."))
  }
}
