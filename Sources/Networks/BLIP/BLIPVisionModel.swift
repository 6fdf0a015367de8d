import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// BLIP's picture tower: a vision transformer, keyed as in timm and in Salesforce's and ImageReward's files.
package struct BLIPVisionModel: Sendable {
  private let shape: BLIPShape
  private let patchEmbedding: Convolution2D
  /// (1, 1, width).
  private let classToken: Tensor
  /// (1, 1 + patches, width).
  private let positions: Tensor
  private let blocks: [Block]
  private let norm: LayerNorm

  /// - Throws: the weight source's own error.
  package init(_ shape: BLIPShape, _ weights: WeightScope) throws {
    self.shape = shape
    let (width, side) = (shape.vision.width, shape.imageSize / shape.patchSize)
    let small = Initial.normal(std: 0.02)
    patchEmbedding = try Convolution2D(
      weights["patch_embed.proj"], from: 3, to: width, kernel: shape.patchSize, stride: shape.patchSize,
      padding: Padding(0))
    classToken = try weights.tensor("cls_token", shape: [1, 1, width], initial: small)
    positions = try weights.tensor("pos_embed", shape: [1, side * side + 1, width], initial: small)
    blocks = try (0..<shape.vision.layers).map { try Block(shape.vision, weights["blocks"][$0]) }
    norm = try LayerNorm(weights["norm"], width: width, epsilon: 1e-6)
  }

  /// Prepared pictures (B, imageSize, imageSize, 3) to the states of their patches, the class token's first: (B, 1 +
  /// patches, width).
  package func callAsFunction(_ pictures: Tensor) -> Tensor {
    let (batch, width) = (pictures.size(0), shape.vision.width)
    precondition(
      pictures.shape == [batch, shape.imageSize, shape.imageSize, 3],
      "BLIP: pictures \(pictures.shape) for a tower of \(shape.imageSize)²")
    let patches = patchEmbedding(pictures.cast(to: patchEmbedding.weight.dtype)).reshaped([batch, -1, width])
    let tokens = Tensor.concatenate([classToken.expanded(to: [batch, 1, width]), patches], axis: 1) + positions
    return norm(blocks.reduce(tokens) { $1($0) })
  }

  /// Self-attention and feed-forward, each after a norm and added to its input.
  private struct Block: Sendable {
    private let norm1: LayerNorm
    private let fused: Linear
    private let projection: Linear
    private let norm2: LayerNorm
    private let fc1: Linear
    private let fc2: Linear
    private let heads: Int

    init(_ shape: BLIPShape.Tower, _ weights: WeightScope) throws {
      let width = shape.width
      norm1 = try LayerNorm(weights["norm1"], width: width, epsilon: 1e-6)
      fused = try Linear(weights["attn.qkv"], from: width, to: 3 * width)
      projection = try Linear(weights["attn.proj"], from: width, to: width)
      norm2 = try LayerNorm(weights["norm2"], width: width, epsilon: 1e-6)
      fc1 = try Linear(weights["mlp.fc1"], from: width, to: shape.innerWidth)
      fc2 = try Linear(weights["mlp.fc2"], from: shape.innerWidth, to: width)
      heads = shape.heads
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      let width = x.size(2)
      let all = fused(norm1(x))
      let part = { (index: Int) in all.slice(axis: 2, from: index * width, to: (index + 1) * width) }
      let x = x + projection(attention(part(0), part(1), part(2), heads: heads))
      return x + fc2(fc1(norm2(x)).gelu())
    }
  }
}
