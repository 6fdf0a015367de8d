package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The blocks on the way down, each at half the resolution of the one before.
package struct UNetDownPath<Layer: UNetLayer>: Sendable {
  private struct Block: Sendable {
    let layers: [Layer]
    let downsample: Downsample2D?
  }

  private let blocks: [Block]

  /// - Parameter weights: the network's place; asks for `down_blocks.{i}`.
  package init(_ weights: WeightScope, _ shape: UNetShape) throws {
    var inputs = shape.down[0].channels
    blocks = try shape.down.enumerated().map { index, stage in
      let block = weights["down_blocks"][index]
      let layers = try (0..<stage.layers).map { layer in
        let from = layer == 0 ? inputs : stage.channels
        return try Layer(
          block, index: layer,
          shape.layer(from: from, to: stage.channels, stage.attention, motion: stage.motion))
      }
      inputs = stage.channels
      let isLast = index == shape.down.count - 1
      return Block(
        layers: layers,
        downsample: try isLast
          ? nil : Downsample2D(block["downsamplers"][0], channels: stage.channels, border: .around))
    }
  }

  /// Its transformer blocks.
  var places: [TransformerBlockPlace] { blocks.flatMap { $0.layers.flatMap(\.places) } }

  /// The picture after the last block, and every state on the way that the way up will want, `x` first.
  package func callAsFunction(_ x: Tensor, _ context: UNetContext) -> (x: Tensor, skips: [Tensor]) {
    var skips = outermost(x, context)
    var x = skips[skips.count - 1]
    for (index, block) in blocks.enumerated() {
      for layer in index == 0 ? [] : block.layers {
        x = context.through(layer, x)
        skips.append(x)
      }
      if let downsample = block.downsample {
        x = downsample(x)
        skips.append(x)
      }
    }
    return (x, skips)
  }

  /// `x` and the states after each layer of the first block: what the last block on the way up wants.
  func outermost(_ x: Tensor, _ context: UNetContext) -> [Tensor] {
    blocks[0].layers.reduce(into: [x]) { skips, layer in
      skips.append(context.through(layer, skips[skips.count - 1]))
    }
  }
}
