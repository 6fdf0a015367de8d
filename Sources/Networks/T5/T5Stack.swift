import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors

/// The layers of T5's encoder or decoder, and the norm behind them.
struct T5Stack: Sendable {
  let blocks: [T5Block]
  private let finalNorm: RMSNorm

  /// - Parameter dtype: the type that products are computed in.
  init(
    _ weights: WeightScope, _ configuration: T5Configuration, layers: Int, isDecoder: Bool, dtype: DataType
  ) throws {
    blocks = try (0..<layers).map {
      try T5Block(
        weights["block"][$0], configuration, hasPositions: $0 == 0 || configuration.hasBiasInEveryLayer,
        isDecoder: isDecoder, dtype: dtype)
    }
    finalNorm = try RMSNorm(
      weights["final_layer_norm"], width: configuration.width, epsilon: configuration.epsilon)
  }

  /// (B, T, width) to the same, float32.
  ///
  /// - Parameters:
  ///   - first: place of the first of the T tokens, which see what is before them too.
  ///   - hidden: what is added to the position biases where something must not be seen.
  ///   - skipped: layers left out at the end.
  ///   - run: one layer, by its number, with its bias.
  func callAsFunction(
    _ embedded: Tensor, first: Int = 0, hidden: Tensor?, skippingLast skipped: Int = 0,
    run: (Int, T5Block, Tensor, _ bias: Tensor) -> Tensor
  ) -> Tensor {
    let count = embedded.size(1)
    // A layer without positions of its own has those of the one before.
    var bias = Tensor.zeros([1, 1, 1, 1])
    var x = embedded.cast(to: .float32)
    for (index, block) in blocks.dropLast(skipped).enumerated() {
      if let own = block.positions?(queries: count, keys: first + count, first: first) {
        bias = hidden.map { own + $0 } ?? own
      }
      x = run(index, block, x, bias)
    }
    return finalNorm(x)
  }
}
