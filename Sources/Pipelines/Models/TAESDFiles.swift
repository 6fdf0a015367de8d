import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceWeights

/// Shape of one half of a TAESD, told by the names and shapes of its weights.
struct TAESDList {
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
  ///
  /// - Throws: `ConfigurationError` where no network can be so.
  func configuration(_ encoder: TAESDList?) throws -> AutoencoderTinyConfiguration {
    var result = AutoencoderTinyConfiguration()
    result.latentChannels = inputs
    result.numDecoderBlocks = blocks
    result.decoderBlockOutChannels = blocks.map { _ in width }
    result.numEncoderBlocks = encoder?.blocks ?? blocks
    result.encoderBlockOutChannels = result.numEncoderBlocks.map { _ in encoder?.width ?? width }
    try result.validate()
    return result
  }
}

/// TAESD's own names for what diffusers calls `decoder.layers.N` and `encoder.layers.N`.
final class TAESDWeights: WeightSource {
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
