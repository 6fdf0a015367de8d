import Foundation
import NegativeSpaceCOpenBLAS

/// Fréchet distance between two sets of features, each taken for a Gaussian.
///
/// With Inception's features it is the FID (arXiv:1706.08500, equation 6).
/// Σ has N − 1 in its denominator, as numpy's `cov` and torch-fidelity.
public struct FrechetDistance: Sendable {
  /// ‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^½).
  public let value: Double

  /// - Parameters:
  ///   - features: a row for each picture, all of the same width.
  ///   - reference: as wide.
  /// - Returns: nil for fewer than two rows on a side, rows of different widths, or numbers that are not finite.
  public init?(_ features: [[Float]], reference: [[Float]]) {
    guard let one = Gaussian(features), let two = Gaussian(reference), one.width == two.width,
      let product = Self.rootTrace(one, two)
    else { return nil }
    let shift = zip(one.mean, two.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    value = shift + one.trace + two.trace - 2 * product
  }

  /// Tr((Σ₁Σ₂)^½): the roots of the eigenvalues of Σ₁^½ Σ₂ Σ₁^½, which is symmetric and has the same ones.
  private static func rootTrace(_ one: Gaussian, _ two: Gaussian) -> Double? {
    let n = one.width
    guard let eigen = SymmetricEigenvalues(one.covariance, size: n) else { return nil }
    // Rows √λᵢ vᵢ: with them as R, R Σ₂ Rᵀ has the same eigenvalues once more.
    let scaled = (0..<n).flatMap { row -> [Double] in
      let root = max(0, eigen.values[row]).squareRoot()
      return eigen.vectors[(row * n)..<((row + 1) * n)].map { $0 * root }
    }
    let left = multiplied(scaled, two.covariance, n)
    let symmetric = multiplied(left, transposed(scaled, n), n)
    return SymmetricEigenvalues(symmetric, size: n)?.values.reduce(0) { $0 + max(0, $1).squareRoot() }
  }

  private static func multiplied(_ a: [Double], _ b: [Double], _ n: Int) -> [Double] {
    let size = Int32(n)
    var result = [Double](repeating: 0, count: n * n)
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1, a, size, b, size, 0, &result, size)
    return result
  }

  private static func transposed(_ a: [Double], _ n: Int) -> [Double] {
    (0..<(n * n)).map { a[$0 % n * n + $0 / n] }
  }
}

/// Mean and covariance of rows.
private struct Gaussian {
  let mean: [Double]
  /// Row by row.
  let covariance: [Double]

  var width: Int { mean.count }
  var trace: Double { (0..<width).reduce(0) { $0 + covariance[$1 * width + $1] } }

  init?(_ rows: [[Float]]) {
    guard let width = rows.first?.count, width > 0, rows.count > 1,
      rows.allSatisfy({ $0.count == width && $0.allSatisfy(\.isFinite) })
    else { return nil }
    var mean = [Double](repeating: 0, count: width)
    for row in rows { for index in 0..<width { mean[index] += Double(row[index]) } }
    for index in 0..<width { mean[index] /= Double(rows.count) }
    let centred = rows.flatMap { row in zip(row, mean).map { Double($0) - $1 } }
    var covariance = [Double](repeating: 0, count: width * width)
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, Int32(width), Int32(width), Int32(rows.count),
      1 / Double(rows.count - 1), centred, Int32(width), centred, Int32(width), 0, &covariance, Int32(width))
    self.mean = mean
    self.covariance = covariance
  }
}
