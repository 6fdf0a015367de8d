/// A picture of `height` rows of `width` pixels, red, green and blue interleaved, each 0…1 (sRGB values, not linear
/// light).
package struct Canvas: Sendable, Equatable {
  package let width: Int
  package let height: Int
  /// (height, width, 3).
  package var values: [Float]

  package init(width: Int, height: Int, color: SIMD3<Float> = .zero) {
    precondition(width > 0 && height > 0, "canvas of \(width) × \(height) pixels")
    self.width = width
    self.height = height
    values = [Float](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      for pixel in 0..<(width * height) {
        buffer[pixel * 3] = color.x
        buffer[pixel * 3 + 1] = color.y
        buffer[pixel * 3 + 2] = color.z
      }
      count = width * height * 3
    }
  }

  package init(width: Int, height: Int, values: [Float]) {
    precondition(values.count == width * height * 3, "canvas \(width) × \(height) × 3 of \(values.count) values")
    self.width = width
    self.height = height
    self.values = values
  }

  package init(width: Int, height: Int, bytes: [UInt8]) {
    self.init(width: width, height: height, values: bytes.map { Float($0) / 255 })
  }

  /// The pixel in column `x` of row `y`.
  package subscript(x: Int, y: Int) -> SIMD3<Float> {
    get {
      let at = (y * width + x) * 3
      return SIMD3(values[at], values[at + 1], values[at + 2])
    }
    set {
      let at = (y * width + x) * 3
      values[at] = newValue.x
      values[at + 1] = newValue.y
      values[at + 2] = newValue.z
    }
  }

  /// The same values as bytes, rounded: (height, width, 3).
  ///
  /// NaN is black.
  package var bytes: [UInt8] {
    values.map { $0 > 0 ? UInt8(min($0, 1) * 255 + 0.5) : 0 }
  }
}
