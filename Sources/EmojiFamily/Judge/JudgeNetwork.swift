import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// A small residual classifier that judges generated pictures: concept, damage and background.
///
/// It is nobody's teacher: nothing is ever optimised against it, its training pictures come from another seed, and its
/// architecture (strided convolutions, mean pooling) differs from the contrastive towers'.
package struct JudgeNetwork {
  private struct Block {
    let norm1: (scale: Tensor, shift: Tensor)
    let conv1: Tensor
    let norm2: (scale: Tensor, shift: Tensor)
    let conv2: Tensor
    /// Halves the picture and widens it; nil in the last block.
    let down: Tensor?
  }

  private let stem: Tensor
  private let blocks: [Block]
  private let norm: (scale: Tensor, shift: Tensor)
  private let heads: [(weight: Tensor, bias: Tensor)]

  /// Channels of the four stages, at 1/2, 1/4, 1/8 and 1/16 of the picture's size.
  private static let channels = [32, 64, 128, 192]

  /// - Parameter classes: numbers of concepts, damages (with "none") and backgrounds.
  package init(_ weights: WeightScope, classes: [Int]) throws {
    stem = try weights["stem"].tensor("weight", shape: [32, 3, 2, 2], initial: .kaiming(fanIn: 12))
    var blocks: [Block] = []
    for (index, c) in Self.channels.enumerated() {
      let scope = weights["blocks"][index]
      let next = index + 1 < Self.channels.count ? Self.channels[index + 1] : nil
      blocks.append(
        Block(
          norm1: try Self.norm(scope["norm1"], c),
          conv1: try scope["conv1"].tensor("weight", shape: [c, c, 3, 3], initial: .kaiming(fanIn: 9 * c)),
          norm2: try Self.norm(scope["norm2"], c),
          conv2: try scope["conv2"].tensor("weight", shape: [c, c, 3, 3], initial: .kaiming(fanIn: 9 * c)),
          down: try next.map {
            try scope["down"].tensor("weight", shape: [$0, c, 2, 2], initial: .kaiming(fanIn: 4 * c))
          }))
    }
    self.blocks = blocks
    let width = Self.channels[Self.channels.count - 1]
    norm = try Self.norm(weights["norm"], width)
    heads = try classes.enumerated().map { index, count in
      let scope = weights["heads"][index]
      return (
        try scope.tensor("weight", shape: [count, width], initial: .kaiming(fanIn: width)),
        try scope.tensor("bias", shape: [count], role: .vector, initial: .zeros)
      )
    }
  }

  private static func norm(_ weights: WeightScope, _ c: Int) throws -> (scale: Tensor, shift: Tensor) {
    (
      try weights.tensor("weight", shape: [c], role: .vector, initial: .ones),
      try weights.tensor("bias", shape: [c], role: .vector, initial: .zeros)
    )
  }

  /// - Parameter pictures: (N, H, W, 3) in [-1, 1].
  /// - Returns: float32 logits (N, classes) of each head, in the order given at construction.
  package func callAsFunction(_ pictures: Tensor) -> [Tensor] { logits(features(pictures)) }

  /// float32 logits (N, classes) of each head.
  ///
  /// - Parameter features: (N, 192), of pictures.
  func logits(_ features: Tensor) -> [Tensor] {
    heads.map { features.linear($0.weight, $0.bias).cast(to: .float32) }
  }

  /// What the heads look at: (N, 192).
  ///
  /// - Parameter pictures: (N, H, W, 3) in [-1, 1].
  package func features(_ pictures: Tensor) -> Tensor {
    var x = pictures.cast(to: stem.dtype).convolution(stem, stride: (2, 2))  // (N, H/2, W/2, 32)
    for block in blocks {
      var y = normalized(x, block.norm1).convolution(block.conv1, padding: Padding(1))
      y = normalized(y, block.norm2).convolution(block.conv2, padding: Padding(1))
      x = x + y
      if let down = block.down { x = x.convolution(down, stride: (2, 2)) }
    }
    return normalized(x, norm).mean(axes: [1, 2])
  }

  private func normalized(_ x: Tensor, _ norm: (scale: Tensor, shift: Tensor)) -> Tensor {
    x.groupNorm(groups: 8, scale: norm.scale, shift: norm.shift, epsilon: 1e-5, activation: .silu)
  }
}
