import Foundation

/// The loss of a JPEG file of low quality, without the file: 8 × 8 cosine transforms of luminance and both
/// chrominances (full resolution), quantised and transformed back. ITU-T T.81, tables K.1 and K.2; JFIF colours; the
/// quality scale is that of libjpeg (`jpeg_quality_scaling`).
extension Canvas {
  /// The picture as it comes back.
  ///
  /// - Parameters:
  ///   - quality: 1…100; below 10 the blocks show.
  ///   - block: pixels of a block's edge, at least 8. Larger blocks keep 8 × 8 frequencies: as if the file had been made
  ///     of a smaller picture.
  package func crushed(quality: Int, block edge: Int = 8) -> Canvas {
    let quality = min(max(quality, 1), 100)
    let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
    let steps = [luminanceSteps, chrominanceSteps].map { table in
      table.map { Float(min(max(($0 * percent + 50) / 100, 1), 255)) }
    }
    let transform = BlockTransform(edge: edge)
    let pixels = edge * edge
    var result = self
    var blocks = [[Float]](repeating: [Float](repeating: 0, count: pixels), count: 3)
    for top in stride(from: 0, to: height, by: edge) {
      for left in stride(from: 0, to: width, by: edge) {
        // To luminance and chrominance, −128…127; at the rim, the last pixel repeats.
        for index in 0..<pixels {
          let color = self[min(left + index % edge, width - 1), min(top + index / edge, height - 1)] * 255
          blocks[0][index] = 0.299 * color.x + 0.587 * color.y + 0.114 * color.z - 128
          blocks[1][index] = -0.168736 * color.x - 0.331264 * color.y + 0.5 * color.z
          blocks[2][index] = 0.5 * color.x - 0.418688 * color.y - 0.081312 * color.z
        }
        for channel in 0..<3 { transform.quantise(&blocks[channel], steps: steps[min(channel, 1)]) }
        for index in 0..<pixels where left + index % edge < width && top + index / edge < height {
          let (y, blue, red) = (blocks[0][index] + 128, blocks[1][index], blocks[2][index])
          let color = SIMD3(y + 1.402 * red, y - 0.344136 * blue - 0.714136 * red, y + 1.772 * blue)
          result[left + index % edge, top + index / edge] = (color / 255).clamped(lowerBound: .zero, upperBound: .one)
        }
      }
    }
    return result
  }
}

/// The cosine transform of a block to 8 × 8 frequencies and back.
private struct BlockTransform {
  private static let frequencies = 8
  private let edge: Int
  /// The orthonormal basis: (frequency, place).
  private let basis: [Float]
  /// Coefficients are those of a block of 8 × 8 with the same picture.
  private let scale: Float

  init(edge: Int) {
    precondition(edge >= Self.frequencies, "a block of \(edge) pixels holds no \(Self.frequencies) frequencies")
    self.edge = edge
    scale = Float(Self.frequencies) / Float(edge)
    basis = (0..<(Self.frequencies * edge)).map { index in
      let (frequency, place) = (Float(index / edge), Float(index % edge))
      let length = (Float(frequency == 0 ? 1 : 2) / Float(edge)).squareRoot()
      return cos((2 * place + 1) * frequency * .pi / Float(2 * edge)) * length
    }
  }

  /// Transforms a block, rounds each coefficient to its step, transforms back.
  func quantise(_ block: inout [Float], steps: [Float]) {
    let count = Self.frequencies
    // Coefficients = C · block · Cᵀ, block = Cᵀ · coefficients · C.
    let rows = product(edge, count, edge) { block[$0 * edge + $2] * basis[$1 * edge + $2] }
    let coefficients = product(count, count, edge) { basis[$0 * edge + $2] * rows[$2 * count + $1] }
    let rounded = zip(coefficients, steps).map { ($0 * scale / $1).rounded() * $1 / scale }
    let wide = product(count, edge, count) { rounded[$0 * count + $2] * basis[$2 * edge + $1] }
    block = product(edge, edge, count) { basis[$2 * edge + $0] * wide[$2 * edge + $1] }
  }

  /// (m, n), each a sum of k terms.
  private func product(_ m: Int, _ n: Int, _ k: Int, _ term: (_ i: Int, _ j: Int, _ k: Int) -> Float) -> [Float] {
    [Float](unsafeUninitializedCapacity: m * n) { values, written in
      for i in 0..<m {
        for j in 0..<n {
          var sum: Float = 0
          for index in 0..<k { sum += term(i, j, index) }
          values[i * n + j] = sum
        }
      }
      written = m * n
    }
  }
}

private let luminanceSteps = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
]

private let chrominanceSteps = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99,
]
