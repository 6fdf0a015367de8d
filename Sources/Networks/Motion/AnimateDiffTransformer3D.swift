import Foundation
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The frames of each pixel as tokens that know their places and look at each other; added to the input
/// (arXiv:2307.04725).
///
/// The norm takes its statistics over all frames of a video together. Both attentions of a block are among the frames.
/// A fresh one adds nothing.
package struct AnimateDiffTransformer3D: Sendable {
  private let norm: GroupNorm
  private let projectIn: Linear
  private let blocks: [BasicTransformerBlock]
  /// (1, length, channels), float32: one for each block.
  private let positions: [Tensor]
  private let projectOut: Linear

  package init(_ weights: WeightScope, channels: Int, groups: Int, _ shape: MotionShape) throws {
    norm = try GroupNorm(weights["norm"], channels: channels, groups: groups, epsilon: 1e-6)
    projectIn = try Linear(weights["proj_in"], from: channels, to: channels)
    let places = (0..<shape.depth).map { weights["transformer_blocks"][$0] }
    blocks = try places.map {
      try BasicTransformerBlock(
        $0, width: channels, heads: shape.heads, headWidth: channels / shape.heads, contextWidth: nil)
    }
    positions = try places.map { try Self.positions($0["pos_embed"], length: shape.length, width: channels) }
    projectOut = try Linear(weights["proj_out"], from: channels, to: channels, initial: .zeros)
  }

  /// The file's own table, else the sines'.
  private static func positions(_ weights: WeightScope, length: Int, width: Int) throws -> Tensor {
    let shape = [1, length, width]
    if weights.contains("pe") { return try weights.tensor("pe", shape: shape, role: .vector, initial: .zeros) }
    return sinusoids(length: length, width: width)
  }

  /// The table of arXiv:1706.03762, section 3.5, (1, length, width): sines at even places, cosines at odd ones.
  package static func sinusoids(length: Int, width: Int) -> Tensor {
    let step = -log(Float(10000)) / Float(width)
    var values: [Float] = []
    for place in 0..<length {
      for index in 0..<width {
        let angle = Float(place) * exp(Float(index / 2 * 2) * step)
        values.append(index % 2 == 0 ? sin(angle) : cos(angle))
      }
    }
    return Tensor(values, shape: [1, length, width])
  }

  /// Its transformer blocks.
  package var places: [TransformerBlockPlace] { blocks.map { TransformerBlockPlace(name: $0.name, isSpatial: false) } }

  /// (B·F, H, W, C) to the same; no more frames than the table has rows.
  package func callAsFunction(_ x: Tensor, frames: Int, changes: AttentionChanges? = nil) -> Tensor {
    let (samples, pixels) = (x.size(0) / frames, x.size(1) * x.size(2))
    let normed = norm(x.reshaped([samples, frames, pixels, -1]))
    var tokens = projectIn(normed.transposed(axes: [0, 2, 1, 3])).reshaped([samples * pixels, frames, -1])
    for (block, table) in zip(blocks, positions) {
      tokens = block(tokens, positions: table.slice(axis: 1, from: 0, to: frames), changes: changes)
    }
    let result = projectOut(tokens).reshaped([samples, pixels, frames, -1])
    return x + result.transposed(axes: [0, 2, 1, 3]).reshaped(x.shape)
  }
}
