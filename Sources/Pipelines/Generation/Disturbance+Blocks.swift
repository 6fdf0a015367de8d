import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceSampling

extension Disturbance {
  /// The blocks of a network that are meant.
  ///
  /// A layer is a block's full name, or the beginning of it up to a dot: `mid_block` is all blocks in the middle.
  /// Without names it is the spatial blocks of the middle.
  /// - Throws: `RequestError` for a layer that the network does not have.
  func blocks(of network: any Denoiser) throws -> DisturbedBlocks {
    let isBlur = if case .blurredQueries = change { true } else { false }
    let known = network.transformerBlocks.filter { $0.isSpatial || !isBlur }.map(\.name)
    let middle = network.transformerBlocks.filter(\.isSpatial).map(\.name).filter { $0.hasPrefix("mid") }
    var names = Set(layers.isEmpty ? middle : [])
    for layer in layers {
      let meant = known.filter { $0 == layer || $0.hasPrefix(layer + ".") }
      guard !meant.isEmpty else {
        throw RequestError(
          .guidanceOptions, found: "the layer \(layer)",
          expected: "the beginning or all of one of the network's\(isBlur ? " spatial" : "") transformer blocks: "
            + known.joined(separator: ", "))
      }
      names.formUnion(meant)
    }
    switch change {
    case .identityAttention: return DisturbedBlocks(.identityAttention, names: names)
    case .blurredQueries(let sigma): return DisturbedBlocks(.blurredQueries(QueryBlur(sigma: sigma)), names: names)
    case .skipped: return DisturbedBlocks(.skipped, names: names)
    }
  }
}
