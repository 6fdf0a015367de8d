/// Sums and maxima; sums are accumulated wider than float32.
package protocol ReductionBackend: Sendable {
  /// The sum of all elements.
  func sum(_ type: DataType, x: UnsafeRawPointer, count: Int) -> Double

  /// out (rows) = the sum of each row of x (rows, width).
  func rowSums(_ type: DataType, x: UnsafeRawPointer, out: UnsafeMutablePointer<Float>, rows: Int, width: Int)

  /// out (blocks, width) = the sums over the rows of each block of x (blocks, rows, width).
  func columnSums(
    _ type: DataType, x: UnsafeRawPointer, out: UnsafeMutablePointer<Float>, blocks: Int, rows: Int, width: Int)

  /// out (rows) = the largest element of each row of x (rows, width).
  func rowMaxima(_ type: DataType, x: UnsafeRawPointer, out: UnsafeMutablePointer<Float>, rows: Int, width: Int)
}
