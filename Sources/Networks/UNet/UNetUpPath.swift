package import NegativeSpaceLayers
import NegativeSpaceTensors

/// The blocks on the way up, each layer joined by a state from the way down.
package struct UNetUpPath<Layer: UNetLayer>: Sendable {
  private struct Block: Sendable {
    let layers: [Layer]
    let upsample: Upsample2D?
  }

  private let blocks: [Block]

  /// - Parameter weights: the network's place; asks for `up_blocks.{i}`.
  package init(_ weights: WeightScope, _ shape: UNetShape) throws {
    var skips = shape.skipChannels
    var inputs = shape.middle.channels
    var built: [Block] = []
    for (index, stage) in shape.up.enumerated() {
      let block = weights["up_blocks"][index]
      var layers: [Layer] = []
      for layer in 0...stage.layers {
        inputs += skips.removeLast()
        layers.append(
          try Layer(
            block, index: layer,
            shape.layer(from: inputs, to: stage.channels, stage.attention, motion: stage.motion)))
        inputs = stage.channels
      }
      let isLast = index == shape.up.count - 1
      let upsample = try isLast ? nil : Upsample2D(block["upsamplers"][0], channels: stage.channels)
      built.append(Block(layers: layers, upsample: upsample))
    }
    blocks = built
  }

  /// Its transformer blocks.
  var places: [TransformerBlockPlace] { blocks.flatMap { $0.layers.flatMap(\.places) } }

  /// All blocks but the last.
  ///
  /// - Parameter skips: the states from the way down, the last one taken first; those of the last block are left.
  func inner(_ x: Tensor, skips: inout [Tensor], _ context: UNetContext) -> Tensor {
    var x = x
    for block in blocks.dropLast() {
      for layer in block.layers {
        x = context.through(layer, Tensor.concatenate([x, skips.removeLast()], axis: 3))
      }
      if let upsample = block.upsample, let next = skips.last {
        x = upsample(x, to: (height: next.size(1), width: next.size(2)))
      }
    }
    return x
  }

  /// The last block.
  ///
  /// - Parameter skips: one for each of its layers, the last one taken first.
  func outermost(_ x: Tensor, skips: [Tensor], _ context: UNetContext) -> Tensor {
    zip(blocks[blocks.count - 1].layers, skips.reversed()).reduce(x) { x, next in
      context.through(next.0, Tensor.concatenate([x, next.1], axis: 3))
    }
  }
}
