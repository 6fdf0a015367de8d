import Foundation

/// The loss of a JPEG file of low quality, without the file: 8 × 8 cosine transforms of luminance and both
/// chrominances (full resolution), quantised and transformed back. ITU-T T.81, tables K.1 and K.2; JFIF colours; the
/// quality scale is that of libjpeg (`jpeg_quality_scaling`).
extension Canvas {
  /// `quality` 1…100; below 10 the blocks show.
  package func crushed(quality: Int) -> Canvas {
    let quality = min(max(quality, 1), 100)
    let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
    let steps = [luminanceSteps, chrominanceSteps].map { table in
      table.map { Float(min(max(($0 * percent + 50) / 100, 1), 255)) }
    }
    var result = self
    var blocks = [[Float]](repeating: [Float](repeating: 0, count: 64), count: 3)
    for top in stride(from: 0, to: height, by: 8) {
      for left in stride(from: 0, to: width, by: 8) {
        // To luminance and chrominance, −128…127; at the rim, the last pixel repeats.
        for index in 0..<64 {
          let color = self[min(left + index % 8, width - 1), min(top + index / 8, height - 1)] * 255
          blocks[0][index] = 0.299 * color.x + 0.587 * color.y + 0.114 * color.z - 128
          blocks[1][index] = -0.168736 * color.x - 0.331264 * color.y + 0.5 * color.z
          blocks[2][index] = 0.5 * color.x - 0.418688 * color.y - 0.081312 * color.z
        }
        for channel in 0..<3 {
          quantise(&blocks[channel], steps: steps[min(channel, 1)])
        }
        for index in 0..<64 where left + index % 8 < width && top + index / 8 < height {
          let (y, blue, red) = (blocks[0][index] + 128, blocks[1][index], blocks[2][index])
          let color = SIMD3(y + 1.402 * red, y - 0.344136 * blue - 0.714136 * red, y + 1.772 * blue)
          result[left + index % 8, top + index / 8] = (color / 255).clamped(lowerBound: .zero, upperBound: .one)
        }
      }
    }
    return result
  }
}

/// Transforms one block of 64, rounds each coefficient to its step, transforms back.
private func quantise(_ block: inout [Float], steps: [Float]) {
  block.withUnsafeMutableBufferPointer { block in
    cosine.withUnsafeBufferPointer { cosine in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 64) { half in
        // Coefficients = C · block · Cᵀ.
        multiply(half, UnsafeBufferPointer(block), cosine, transposeRight: true)
        multiply(block, cosine, UnsafeBufferPointer(half), transposeRight: false)
        for index in 0..<64 {
          block[index] = (block[index] / steps[index]).rounded() * steps[index]
        }
        // Block = Cᵀ · coefficients · C.
        multiply(half, UnsafeBufferPointer(block), cosine, transposeRight: false)
        transposeMultiply(block, cosine, UnsafeBufferPointer(half))
      }
    }
  }
}

/// result = left · right or left · rightᵀ, 8 × 8.
private func multiply(
  _ result: UnsafeMutableBufferPointer<Float>, _ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>,
  transposeRight: Bool
) {
  for i in 0..<8 {
    for j in 0..<8 {
      var sum: Float = 0
      for k in 0..<8 {
        sum += left[i * 8 + k] * (transposeRight ? right[j * 8 + k] : right[k * 8 + j])
      }
      result[i * 8 + j] = sum
    }
  }
}

/// result = leftᵀ · right, 8 × 8.
private func transposeMultiply(
  _ result: UnsafeMutableBufferPointer<Float>, _ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>
) {
  for i in 0..<8 {
    for j in 0..<8 {
      var sum: Float = 0
      for k in 0..<8 { sum += left[k * 8 + i] * right[k * 8 + j] }
      result[i * 8 + j] = sum
    }
  }
}

/// The orthonormal cosine basis: (frequency, place).
private let cosine: [Float] = (0..<64).map { index in
  let (frequency, place) = (Float(index / 8), Float(index % 8))
  return cos((2 * place + 1) * frequency * .pi / 16) * (frequency == 0 ? Float(0.125).squareRoot() : 0.5)
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
