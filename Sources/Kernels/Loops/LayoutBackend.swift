/// Moves of elements that leave their values as they are, and the sum that is such a move's gradient.
package protocol LayoutBackend: Sendable {
  /// out, contiguous with `sizes`, = x read with `strides`, both outermost first; at most eight axes.
  func permute(_ type: DataType, x: UnsafeRawPointer, out: UnsafeMutableRawPointer, sizes: [Int], strides: [Int])

  /// Copies of `count` blocks of `bytes` bytes, which start every `stride` bytes there and every `outStride` bytes
  /// here.
  func copyBlocks(
    x: UnsafeRawPointer, stride: Int, out: UnsafeMutableRawPointer, outStride: Int, count: Int, bytes: Int)

  /// out[i] = row `indices[i]` of x, rows of `bytes` bytes.
  func gatherRows(x: UnsafeRawPointer, out: UnsafeMutableRawPointer, indices: [Int], bytes: Int)

  /// out (rows, width) = zeros, and row i of x added to row `indices[i]`.
  func scatterRows(
    x: UnsafePointer<Float>, out: UnsafeMutablePointer<Float>, indices: [Int], rows: Int, width: Int)
}
