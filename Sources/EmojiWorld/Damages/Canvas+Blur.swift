import Foundation

extension Canvas {
  /// A Gaussian blur, separable, the rim repeated outwards.
  ///
  /// `deviation` in pixels.
  package func blurred(deviation: Float) -> Canvas {
    let radius = max(1, Int((deviation * 2.5).rounded(.up)))
    let bell = (-radius...radius).map { exp(-Float($0 * $0) / (2 * deviation * deviation)) }
    let sum = bell.reduce(0, +)
    let kernel = bell.map { $0 / sum }
    return blurredRows(kernel, radius: radius).blurredColumns(kernel, radius: radius)
  }

  private func blurredColumns(_ kernel: [Float], radius: Int) -> Canvas {
    var result = Canvas(width: width, height: height)
    let row = width * 3
    values.withUnsafeBufferPointer { source in
      result.values.withUnsafeMutableBufferPointer { target in
        for y in 0..<height {
          for tap in -radius...radius {
            let from = min(max(y + tap, 0), height - 1) * row
            let weight = kernel[tap + radius]
            for at in 0..<row {
              target[y * row + at] += weight * source[from + at]
            }
          }
        }
      }
    }
    return result
  }

  private func blurredRows(_ kernel: [Float], radius: Int) -> Canvas {
    var result = Canvas(width: width, height: height)
    let row = width * 3
    // One padded row at a time, so that the inner loop is one product with a shifted row.
    var padded = [Float](repeating: 0, count: row + radius * 6)
    for y in 0..<height {
      for x in -radius..<(width + radius) {
        let from = y * row + min(max(x, 0), width - 1) * 3
        for channel in 0..<3 {
          padded[(x + radius) * 3 + channel] = values[from + channel]
        }
      }
      padded.withUnsafeBufferPointer { source in
        result.values.withUnsafeMutableBufferPointer { target in
          for tap in 0...(2 * radius) {
            let weight = kernel[tap]
            for at in 0..<row {
              target[y * row + at] += weight * source[tap * 3 + at]
            }
          }
        }
      }
    }
    return result
  }

  /// Squares of `block` pixels replaced by their mean.
  package func pixelated(block: Int) -> Canvas {
    var result = self
    for top in stride(from: 0, to: height, by: block) {
      for left in stride(from: 0, to: width, by: block) {
        let rows = top..<min(top + block, height)
        let columns = left..<min(left + block, width)
        var sum = SIMD3<Float>.zero
        for y in rows {
          for x in columns { sum += self[x, y] }
        }
        let mean = sum / Float(rows.count * columns.count)
        for y in rows {
          for x in columns { result[x, y] = mean }
        }
      }
    }
    return result
  }
}
