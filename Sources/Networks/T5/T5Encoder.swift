import NegativeSpaceKernels
import NegativeSpaceLayers
package import NegativeSpaceTensors

/// T5's encoder: vectors of tokens to states.
package struct T5Encoder: Sendable {
  private let stack: T5Stack

  /// - Parameter dtype: the type that products are computed in.
  init(_ weights: WeightScope, _ configuration: T5Configuration, dtype: DataType) throws {
    stack = try T5Stack(weights, configuration, layers: configuration.layers, isDecoder: false, dtype: dtype)
  }

  /// (B, T, width) to the same, float32.
  ///
  /// - Parameters:
  ///   - mask: (B, T), 1 for tokens and 0 for padding, which nobody looks at; nil looks at all.
  ///   - skipped: layers left out at the end.
  package func callAsFunction(_ embedded: Tensor, mask: Tensor?, skippingLast skipped: Int = 0) -> Tensor {
    let count = stack.blocks.count
    precondition((0..<count).contains(skipped), "T5: cannot skip \(skipped) of \(count) layers")
    return stack(embedded, hidden: mask.map(T5Mask.bias), skippingLast: skipped) { _, block, x, bias in
      block(x, bias: bias)
    }
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
