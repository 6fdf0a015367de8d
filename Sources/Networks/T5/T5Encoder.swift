import NegativeSpaceKernels
import NegativeSpaceLayers
package import NegativeSpaceTensors

/// T5's encoder: vectors of tokens to states.
package struct T5Encoder: Sendable {
  private let blocks: [T5Block]
  private let finalNorm: RMSNorm

  /// - Parameter dtype: the type that products are computed in.
  init(_ weights: WeightScope, _ configuration: T5Configuration, dtype: DataType) throws {
    blocks = try (0..<configuration.layers).map {
      try T5Block(
        weights["block"][$0], configuration, hasPositions: $0 == 0 || configuration.hasBiasInEveryLayer,
        isDecoder: false, dtype: dtype)
    }
    finalNorm = try RMSNorm(
      weights["final_layer_norm"], width: configuration.width, epsilon: configuration.epsilon)
  }

  /// (B, T, width) to the same, float32.
  ///
  /// - Parameters:
  ///   - mask: (B, T), 1 for tokens and 0 for padding, which nobody looks at; nil looks at all.
  ///   - skipped: layers left out at the end.
  package func callAsFunction(_ embedded: Tensor, mask: Tensor?, skippingLast skipped: Int = 0) -> Tensor {
    precondition((0..<blocks.count).contains(skipped), "T5: cannot skip \(skipped) of \(blocks.count) layers")
    let length = embedded.size(1)
    let hidden = mask.map(T5Mask.bias)
    var bias = Tensor.zeros([1, 1, 1, 1])
    return finalNorm(
      blocks.dropLast(skipped).reduce(embedded.cast(to: .float32)) { x, block in
        if let own = block.positions?(queries: length, keys: length) { bias = hidden.map { own + $0 } ?? own }
        return block(x, bias: bias)
      })
  }
}

/// What attention must not see, as numbers that are added to its scores.
enum T5Mask {
  /// So low that nothing of the softmax is left, and far enough from overflow.
  static let hidden: Float = -1e30

  /// (B, 1, 1, S) of a mask (B, S) of ones and zeros.
  static func bias(_ mask: Tensor) -> Tensor {
    ((mask.cast(to: .float32) - 1) * -hidden).reshaped([mask.size(0), 1, 1, mask.size(1)])
  }

  /// (1, 1, T, S): the query at place `first + t` sees keys up to its own place.
  static func causal(queries: Int, keys: Int, first: Int) -> Tensor {
    let values = (0..<queries).flatMap { query in (0..<keys).map { $0 <= first + query ? Float(0) : hidden } }
    return Tensor(values, shape: [1, 1, queries, keys])
  }
}
