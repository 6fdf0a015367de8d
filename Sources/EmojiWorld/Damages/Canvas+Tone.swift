package import NegativeSpaceTensors

extension Canvas {
  /// Independent grain on every channel of every square of `grain` by `grain` pixels.
  package func noisy(deviation: Float, grain: Int = 1, using random: inout SplitMix64) -> Canvas {
    precondition(grain > 0, "grain of \(grain) pixels")
    var result = self
    for top in stride(from: 0, to: height, by: grain) {
      for left in stride(from: 0, to: width, by: grain) {
        let change = SIMD3(random.grain(), random.grain(), random.grain()) * deviation
        for y in top..<min(height, top + grain) {
          for x in left..<min(width, left + grain) {
            result[x, y] = (self[x, y] + change).clamped(lowerBound: .zero, upperBound: .one)
          }
        }
      }
    }
    return result
  }

  /// Pulled towards a light gray: 1 leaves the picture, 0 leaves nothing of it.
  package func washedOut(contrast: Float) -> Canvas {
    mapped { 0.82 + ($0 - 0.82) * contrast + 0.1 * (1 - contrast) }
  }

  /// Multiplied: 1 leaves the picture, 0 is black.
  package func darkened(brightness: Float) -> Canvas {
    mapped { $0 * brightness }
  }

  private func mapped(_ rule: (Float) -> Float) -> Canvas {
    Canvas(width: width, height: height, values: values.map { min(max(rule($0), 0), 1) })
  }
}
