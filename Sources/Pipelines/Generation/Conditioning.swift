package import NegativeSpaceTensors

/// What the two branches of guidance are told, worked out once for as many steps as it holds.
package struct Conditioning: Sendable {
  /// (B, T, D), what is wanted.
  package let positive: Tensor
  /// (B, T', D), what is avoided.
  package let negative: Tensor
  /// (2B, T, D), negative first, where the two can be one batch.
  let both: Tensor?

  /// - Parameters:
  ///   - positive: (B, T, D).
  ///   - negative: (B, T', D), or (1, T', D) for all of them.
  package init(positive: Tensor, negative: Tensor) {
    self.positive = positive
    self.negative = negative.expanded(to: [positive.size(0)] + negative.shape.dropFirst())
    both = positive.shape == self.negative.shape ? Tensor.concatenate([self.negative, positive], axis: 0) : nil
  }
}
