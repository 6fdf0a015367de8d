package import NegativeSpaceTensors

extension Canvas {
  /// Independent grain on every channel of every pixel.
  package func noisy(deviation: Float, using random: inout SplitMix64) -> Canvas {
    var result = self
    result.values.withUnsafeMutableBufferPointer { values in
      for index in values.indices {
        values[index] = min(max(values[index] + deviation * random.grain(), 0), 1)
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
