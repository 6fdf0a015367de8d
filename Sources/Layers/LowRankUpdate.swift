package import NegativeSpaceTensors

/// What a LoRA adds to one weight (arXiv:2106.09685, equation 3): scale · up · down, of convolutions cut in three
/// (LoCon) scale · up · mid · down.
///
/// Plain tensor arithmetic, so that gradients reach the matrices where these ask for them.
package struct LowRankUpdate: Sendable {
  /// (out, rank) or (O, rank, 1, 1).
  package let up: Tensor
  /// (rank, in) or (rank, I, kh, kw).
  package let down: Tensor
  /// (rank, rank, kh, kw), where `down` is (rank, I, 1, 1).
  package let mid: Tensor?
  /// alpha / rank, times whatever else weakens or strengthens it.
  package let scale: Float

  package init(up: Tensor, down: Tensor, mid: Tensor? = nil, scale: Float) {
    (self.up, self.down, self.mid, self.scale) = (up, down, mid, scale)
  }

  /// The addition in the shape of the weight, float32.
  package func product(as target: [Int]) -> Tensor {
    var right = down.reshaped([down.size(0), -1])  // (rank, I·kh·kw)
    if let mid {
      let (rows, columns, taps) = (mid.size(0), mid.size(1), mid.size(2) * mid.size(3))
      let taken = mid.reshaped([rows, columns, taps]).transposed(axes: [0, 2, 1]).reshaped([rows * taps, columns])
      right = taken.matmul(right).reshaped([rows, taps, -1]).transposed(axes: [0, 2, 1]).reshaped([rows, -1])
    }
    return (up.reshaped([up.size(0), -1]).matmul(right) * scale).reshaped(target)
  }
}
