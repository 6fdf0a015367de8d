/// Grain of a picture's background: what is in it that no straight run of colour explains.
package struct BackgroundGrain: Sendable {
  /// The standard deviation of its values from the fitted colours, in steps of 8 bits.
  package let value: Float

  /// Of pixels that lie at least a sixteenth of the side from everything that stands out.
  ///
  /// - Returns: nil where no such pixels are left.
  package init?(_ canvas: Canvas) {
    let (width, height) = (canvas.width, canvas.height)
    let background = BackgroundReading(of: canvas)
    let distances = (0..<(width * height)).map { place -> SIMD3<Float> in
      canvas[place % width, place / width] - background.color(at: (Float(place / width) + 0.5) / Float(height))
    }
    let stands = distances.map { ($0 * $0).sum() > Self.near * Self.near }
    let covered = Self.widened(stands, width: width, by: max(1, width / 16))
    var (sum, squares, count) = (SIMD3<Float>.zero, SIMD3<Float>.zero, Float(0))
    for place in distances.indices where !covered[place] {
      sum += distances[place]
      squares += distances[place] * distances[place]
      count += 1
    }
    guard count > 0 else { return nil }
    let mean = sum / count
    let variance = squares / count - mean * mean
    value = 255 * max(0, variance.sum() / 3).squareRoot()
  }

  /// The distance from the fitted colours at which a pixel stands out.
  private static let near: Float = 0.12

  /// Marks everything within `reach` columns and rows of what is marked.
  private static func widened(_ marks: [Bool], width: Int, by reach: Int) -> [Bool] {
    let height = marks.count / width
    var across = [Bool](repeating: false, count: marks.count)
    var result = across
    for place in marks.indices where marks[place] {
      let (row, column) = (place / width, place % width)
      for x in max(0, column - reach)...min(width - 1, column + reach) { across[row * width + x] = true }
    }
    for place in across.indices where across[place] {
      let (row, column) = (place / width, place % width)
      for y in max(0, row - reach)...min(height - 1, row + reach) { result[y * width + column] = true }
    }
    return result
  }
}
