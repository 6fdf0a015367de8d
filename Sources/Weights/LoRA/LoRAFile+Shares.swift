extension LoRAFile {
  /// The part of it that is meant for one network.
  package struct Share {
    package let network: LoRANetwork
    package let layers: Int
    package let ranks: ClosedRange<Int>
    /// Its matrices as they are stored.
    package let entries: [TensorEntry]
  }

  /// Shares by the networks that the names tell, of several the likeliest; which layers a model has is seen when they
  /// are merged.
  package var shares: [Share] {
    LoRANetwork.allCases.compactMap { network in
      let own = layers.values.filter { $0.likeliest == network }
      let ranks = own.map(\.rank)
      guard let least = ranks.min(), let most = ranks.max() else { return nil }
      return Share(network: network, layers: own.count, ranks: least...most, entries: own.flatMap(\.entries))
    }
  }

  /// Whether the file at `path`, or the one in the folder, has a LoRA's names.
  ///
  /// - Throws: `TensorFileError`.
  package static func isOne(_ path: String) throws -> Bool {
    let file = tensors(at: path)
    guard fileKind(file) == .file else { return false }
    return try openTensorFile(file).entries.keys.contains { LoRAName($0)?.piece == .down }
  }

  /// The file of tensors at `path`: itself, or in a folder the one with a name that PEFT or diffusers gives.
  static func tensors(at path: String) -> String {
    guard fileKind(path) == .folder else { return path }
    let names = ["adapter_model", "pytorch_lora_weights"].flatMap { ["\($0).safetensors", "\($0).bin"] }
    return names.map { "\(path)/\($0)" }.first { fileKind($0) == .file } ?? "\(path)/\(names[0])"
  }
}

extension LoRALayer {
  /// The network that the layer is in, as far as its name tells.
  fileprivate var likeliest: LoRANetwork? {
    networks.contains(.motion) && layer.contains("motion_modules") ? .motion : networks.first
  }
}
