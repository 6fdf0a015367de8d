package import NegativeSpaceKernels
package import NegativeSpaceTensors

/// Momentum whose direction is made orthogonal, for the matrices inside a network (Keller Jordan, "Muon", 2024).
///
/// As in `torch.optim.Muon` with `adjust_lr_fn="match_rms_adamw"` (arXiv:2502.16982): a step is as large as AdamW's at
/// the same rate. Kernels (O, I, kh, kw) count as matrices (O, I·kh·kw).
package struct Muon: Sendable {
  package var momentum: Float = 0.95
  /// Newton-Schulz iterations.
  package var iterations = 5
  /// The least height and width of a matrix; smaller ones, such as the first and the last layer, stay with AdamW.
  package var smallest = 32

  package init() {}

  /// The quintic's coefficients: they push all singular values towards 1, quickly rather than exactly.
  private static let (a, b, c): (Float, Float, Float) = (3.4445, -4.7750, 2.0315)

  /// Whether it moves parameters of this shape.
  package func takes(_ shape: [Int]) -> Bool {
    shape.count > 1 && min(shape[0], shape.dropFirst().reduce(1, *)) >= smallest
  }

  /// The factor that makes a step's root mean square that of AdamW's.
  func scale(of shape: [Int]) -> Float { 0.2 * Float(max(shape[0], shape.dropFirst().reduce(1, *))).squareRoot() }

  /// The nearest matrix with orthogonal rows (or columns, if there are fewer), of the same shape, float32.
  ///
  /// - Parameter dtype: type in which products are computed; bfloat16 is precise enough.
  package func orthogonalized(_ update: Tensor, dtype: DataType) -> Tensor {
    let matrix = update.reshaped([update.size(0), -1])
    let isHigh = matrix.size(0) > matrix.size(1)
    let wide = isHigh ? matrix.transposed(axes: [1, 0]) : matrix
    let norm = max(wide.square().sum().item.squareRoot(), 1e-7)
    var x = (wide * (1 / norm)).cast(to: dtype)
    for _ in 0..<iterations {
      let gram = x.matmul(x, transposeB: true)
      let polynomial = gram * Self.b + gram.matmul(gram) * Self.c
      x = x * Self.a + polynomial.matmul(x)
    }
    let result = x.cast(to: .float32)
    return (isHigh ? result.transposed(axes: [1, 0]) : result).reshaped(update.shape)
  }
}
