/// Products with small matrices along the axes of a picture, and the matrices of filters with mirrored borders.
extension Tensor {
  /// (N, H, W, C) with a matrix (H', H) along H and one (W', W) along W; nil leaves an axis as it is.
  package func multiplied(alongHeight rows: Tensor?, alongWidth columns: Tensor?) -> Tensor {
    func along(_ matrix: Tensor?, _ order: [Int], _ back: [Int], _ x: Tensor) -> Tensor {
      guard let matrix else { return x }
      let moved = x.transposed(axes: order)
      // A plain product: what replaces linear layers leaves it alone.
      let flat = moved.reshaped([-1, moved.size(3)]).matmul(matrix.cast(to: dtype), transposeB: true)
      return flat.reshaped(moved.shape.dropLast() + [matrix.size(0)]).transposed(axes: back)
    }
    return along(columns, [0, 1, 3, 2], [0, 1, 3, 2], along(rows, [0, 2, 3, 1], [0, 3, 1, 2], self))
  }

  /// The matrix (rows, columns) with these entries; those at one place are added up.
  package static func matrix(
    _ rows: Int, _ columns: Int, _ entries: (_ row: Int) -> [(column: Int, weight: Float)]
  ) -> Tensor {
    var values = [Float](repeating: 0, count: rows * columns)
    for row in 0..<rows { for entry in entries(row) { values[row * columns + entry.column] += entry.weight } }
    return Tensor(values, shape: [rows, columns])
  }

  /// The matrix (size, size) of a filter with an odd number of taps, mirrored at the outermost pixels.
  package static func filter(_ taps: [Float], size: Int) -> Tensor {
    matrix(size, size) { row in
      taps.enumerated().map { tap in
        (column: mirrored(row + tap.offset - taps.count / 2, size), weight: tap.element)
      }
    }
  }

  /// A place beyond either end, mirrored at the outermost pixels.
  package static func mirrored(_ place: Int, _ size: Int) -> Int {
    guard size > 1 else { return 0 }
    let folded = Swift.abs(place) % (2 * (size - 1))
    return folded < size ? folded : 2 * (size - 1) - folded
  }
}
