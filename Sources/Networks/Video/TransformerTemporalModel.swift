package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The frames of each pixel as tokens that look at each other, twice in each block; added to the input.
///
/// The norm takes its statistics over all frames of a video together. There is no positional encoding. A fresh one adds
/// nothing, so a video network started from an image network makes the same pictures.
package struct TransformerTemporalModel: Sendable {
  private let norm: GroupNorm
  private let projectIn: Linear
  private let blocks: [BasicTransformerBlock]
  private let projectOut: Linear

  /// - Parameters:
  ///   - headWidth: the inner width is `heads` times this, whatever the channels are.
  ///   - depth: transformer blocks in a row.
  ///   - isPointwise: whether the file stores the projections as convolutions along time, (O, I, 1).
  ///   - relativeLength: largest distance of the relative positions of frames; nil without them.
  package init(
    _ weights: WeightScope, channels: Int, groups: Int, heads: Int, headWidth: Int, depth: Int = 1,
    isPointwise: Bool = false, relativeLength: Int? = nil
  ) throws {
    let inner = heads * headWidth
    func projection(_ name: String, from inputs: Int, to outputs: Int, _ initial: Initial?) throws -> Linear {
      let place = weights[name]
      return isPointwise
        ? try Linear(pointwise: place, from: inputs, to: outputs, axes: 1, initial: initial)
        : try Linear(place, from: inputs, to: outputs, initial: initial)
    }
    norm = try GroupNorm(weights["norm"], channels: channels, groups: groups, epsilon: 1e-6)
    projectIn = try projection("proj_in", from: channels, to: inner, nil)
    blocks = try (0..<depth).map {
      try BasicTransformerBlock(
        weights["transformer_blocks"][$0], width: inner, heads: heads, headWidth: headWidth, contextWidth: nil,
        relativeLength: relativeLength)
    }
    projectOut = try projection("proj_out", from: inner, to: channels, .zeros)
  }

  /// Its transformer blocks.
  package var places: [TransformerBlockPlace] { blocks.map { TransformerBlockPlace(name: $0.name, isSpatial: false) } }

  /// (B·F, H, W, C) to the same.
  package func callAsFunction(_ x: Tensor, frames: Int, changes: AttentionChanges? = nil) -> Tensor {
    let (samples, pixels) = (x.size(0) / frames, x.size(1) * x.size(2))
    let normed = norm(x.reshaped([samples, frames, pixels, -1]))
    var tokens = projectIn(normed.transposed(axes: [0, 2, 1, 3])).reshaped([samples * pixels, frames, -1])
    for block in blocks { tokens = block(tokens, changes: changes) }
    let result = projectOut(tokens).reshaped([samples, pixels, frames, -1])
    return x + result.transposed(axes: [0, 2, 1, 3]).reshaped(x.shape)
  }
}
