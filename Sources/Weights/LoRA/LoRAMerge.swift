import Foundation

/// LoRAs put to the layers of one model: what is added to which of its weights while these are read.
package struct LoRAMerge: Sendable {
  /// The weights of one network.
  private struct Network {
    var shapes: [String: [Int]] = [:]
    /// Keys of weights by the flat names of their layers.
    var keys: [String: String] = [:]
    var additions: [String: [MergedReader.Addition]] = [:]
  }

  private var networks: [LoRANetwork: Network] = [:]

  /// - Parameter parts: the files of each network, under diffusers' or transformers' names.
  package init(_ parts: [LoRANetwork: [any TensorReader]]) {
    for (part, readers) in parts {
      var network = Network()
      for (key, entry) in readers.flatMap(\.entries) where entry.shape.count > 1 && key.hasSuffix(".weight") {
        network.shapes[key] = entry.shape
      }
      let original = LDMLayerNames(network.shapes.keys)
      for key in network.shapes.keys {
        let layer = String(key.dropLast(".weight".count))
        var names = [layer]
        switch part {
        case .denoiser: names += original(layer).map { [$0] } ?? []
        case .textEncoder:
          // transformers 5 leaves the first part out, here or there.
          let prefix = "text_model."
          names.append(layer.hasPrefix(prefix) ? String(layer.dropFirst(prefix.count)) : prefix + layer)
        case .motion: break
        }
        for name in names { network.keys[name.replacingOccurrences(of: ".", with: "_")] = key }
      }
      networks[part] = network
    }
  }

  /// Takes a LoRA in.
  ///
  /// - Parameters:
  ///   - scale: the factor of everything that it adds.
  ///   - model: the model's path, for messages.
  /// - Throws: `LoRAError.mismatch` with all layers that the model lacks or has in other sizes.
  package mutating func add(_ file: LoRAFile, scale: Float, to model: String) throws {
    var unknown: [String] = []
    var misshapen: [WeightMismatch.Misshapen] = []
    for (spelling, layer) in file.layers.sorted(by: { $0.key < $1.key }) {
      guard let part = layer.networks.first(where: { networks[$0]?.keys[layer.layer] != nil }),
        let key = networks[part]?.keys[layer.layer], let shape = networks[part]?.shapes[key]
      else {
        unknown.append(spelling)
        continue
      }
      guard layer.fits(shape) else {
        misshapen.append(.init(name: spelling, expected: shape, found: layer.shape))
        continue
      }
      networks[part]?.additions[key, default: []].append(.init(layer: layer, scale: scale))
    }
    guard unknown.isEmpty, misshapen.isEmpty else {
      throw LoRAError.mismatch(
        file: file.path, model: model, layers: file.layers.count, unknown: unknown, misshapen: misshapen)
    }
  }

  /// True if anything is added to a network.
  package func changes(_ part: LoRANetwork) -> Bool { networks[part]?.additions.isEmpty == false }

  /// A network's files, with what is added.
  package func merged(_ readers: [any TensorReader], of part: LoRANetwork) -> [any TensorReader] {
    guard let additions = networks[part]?.additions, !additions.isEmpty else { return readers }
    return readers.map { MergedReader($0, additions) }
  }
}
