import NegativeSpaceCOpenBLAS

/// Eigenvalues and eigenvectors of a real symmetric matrix, by LAPACK.
struct SymmetricEigenvalues {
  /// In rising order.
  let values: [Double]
  /// Row `i` belongs to `values[i]`, row by row.
  let vectors: [Double]

  /// - Parameters:
  ///   - matrix: row by row, `size` × `size`.
  ///   - size: at least 1.
  /// - Returns: nil where LAPACK does not converge, of a matrix with NaN for example.
  init?(_ matrix: [Double], size: Int) {
    guard let n = Int32(exactly: size), size > 0, matrix.count == size * size, matrix.allSatisfy(\.isFinite) else {
      return nil
    }
    var (vectors, values) = (matrix, [Double](repeating: 0, count: size))
    var (order, info) = (n, Int32(0))
    var work = [Double](repeating: 0, count: max(1, 34 * size))
    var length = Int32(work.count)
    dsyev_("V", "U", &order, &vectors, &order, &values, &work, &length, &info)
    guard info == 0 else { return nil }
    (self.values, self.vectors) = (values, vectors)
  }
}
