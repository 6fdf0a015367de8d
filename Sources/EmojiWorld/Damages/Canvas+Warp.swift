import Foundation

extension Canvas {
  /// Waves: each pixel is fetched from a place displaced by two crossed sines.
  ///
  /// Lengths in pixels, phases in radians.
  package func distorted(amplitude: Float, wavelength: Float, phase: SIMD2<Float>) -> Canvas {
    let frequency = 2 * Float.pi / wavelength
    let alongRows = (0..<height).map { amplitude * sin(Float($0) * frequency + phase.x) }
    let alongColumns = (0..<width).map { amplitude * sin(Float($0) * frequency * 0.8 + phase.y) }
    var result = self
    for y in 0..<height {
      for x in 0..<width {
        result[x, y] = sample(Float(x) + alongRows[y], Float(y) + alongColumns[x])
      }
    }
    return result
  }

  /// The colour between pixels, bilinear; `x` and `y` count pixel centres; outside, the rim repeats.
  package func sample(_ x: Float, _ y: Float) -> SIMD3<Float> {
    let x = min(max(x, 0), Float(width - 1))
    let y = min(max(y, 0), Float(height - 1))
    let left = min(Int(x), max(width - 2, 0))
    let top = min(Int(y), max(height - 2, 0))
    let right = min(left + 1, width - 1)
    let bottom = min(top + 1, height - 1)
    let s = x - Float(left)
    let t = y - Float(top)
    let upper = self[left, top] * (1 - s) + self[right, top] * s
    let lower = self[left, bottom] * (1 - s) + self[right, bottom] * s
    return upper * (1 - t) + lower * t
  }
}
