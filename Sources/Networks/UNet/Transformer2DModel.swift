package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The pixels of a picture as tokens: they look at each other and at the text.
package struct Transformer2DModel: Sendable {
  private let norm: GroupNorm
  private let projectIn: Linear
  private let blocks: [BasicTransformerBlock]
  private let projectOut: Linear

  package init(_ weights: WeightScope, channels: Int, groups: Int, _ shape: AttentionShape) throws {
    let inner = shape.heads * shape.headWidth
    norm = try GroupNorm(weights["norm"], channels: channels, groups: groups, epsilon: 1e-6)
    switch shape.projection {
    case .linear:
      projectIn = try Linear(weights["proj_in"], from: channels, to: inner)
      projectOut = try Linear(weights["proj_out"], from: inner, to: channels)
    case .pointwise:
      projectIn = try Linear(pointwise: weights["proj_in"], from: channels, to: inner)
      projectOut = try Linear(pointwise: weights["proj_out"], from: inner, to: channels)
    }
    blocks = try (0..<shape.depth).map {
      try BasicTransformerBlock(
        weights["transformer_blocks"][$0], width: inner, heads: shape.heads, headWidth: shape.headWidth,
        contextWidth: shape.contextWidth)
    }
  }

  /// Its transformer blocks.
  package var places: [TransformerBlockPlace] { blocks.map { TransformerBlockPlace(name: $0.name, isSpatial: true) } }

  /// (N, H, W, C) to the same; `text` is (B, S, D) with B dividing N.
  package func callAsFunction(_ x: Tensor, text: Tensor, changes: AttentionChanges? = nil) -> Tensor {
    var tokens = projectIn(norm(x)).reshaped([x.size(0), x.size(1) * x.size(2), -1])  // (N, H·W, inner)
    for block in blocks { tokens = block(tokens, context: text, changes: changes, grid: (x.size(1), x.size(2))) }
    return x + projectOut(tokens).reshaped(x.shape)
  }
}
