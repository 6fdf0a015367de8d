extension Orientation {
  /// The turn of a video's display matrix (ISO/IEC 14496-12, 8.3.2): a right angle, mirrored or not; upright for any
  /// other.
  ///
  /// - Parameter matrix: nine numbers, row by row; columns of pixels go along (0, 1), rows along (3, 4).
  init(displayMatrix matrix: [Int32]) {
    guard matrix.count == 9 else {
      self = .upright
      return
    }
    let (a, b, c, d) = (Double(matrix[0]), Double(matrix[1]), Double(matrix[3]), Double(matrix[4]))
    // Half a degree.
    func isNothing(_ side: Double, beside other: Double) -> Bool { abs(side) < 0.0087 * abs(other) }
    if isNothing(b, beside: a), isNothing(c, beside: d) {
      self = a > 0 ? (d > 0 ? .upright : .flipped) : (d > 0 ? .mirrored : .upsideDown)
    } else if isNothing(a, beside: b), isNothing(d, beside: c) {
      self = b > 0 ? (c > 0 ? .transposed : .quarterClockwise) : (c > 0 ? .quarterCounterclockwise : .transversed)
    } else {
      self = .upright
    }
  }
}
