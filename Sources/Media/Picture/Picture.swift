/// A picture of 8-bit red, green and blue values, row by row from the top left.
package struct Picture: Sendable, Equatable {
  /// Columns.
  package let width: Int
  /// Rows.
  package let height: Int
  /// The values, (height, width, 3), each 0…255.
  package private(set) var pixels: [UInt8]

  /// A picture over `pixels`, which must hold `width · height · 3` values.
  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "Picture: \(width)×\(height): both sides must be above 0")
    precondition(
      pixels.count == width * height * 3,
      "Picture: \(pixels.count) values for \(width)×\(height)×3 = \(width * height * 3)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture of one colour.
  package init(width: Int, height: Int, red: UInt8, green: UInt8, blue: UInt8) {
    let row = [red, green, blue]
    self.init(width: width, height: height, pixels: (0..<width * height).flatMap { _ in row })
  }

  /// The colour at column `x`, row `y`.
  package subscript(x: Int, y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
    get {
      let start = offset(x, y)
      return (pixels[start], pixels[start + 1], pixels[start + 2])
    }
    set {
      let start = offset(x, y)
      (pixels[start], pixels[start + 1], pixels[start + 2]) = newValue
    }
  }

  private func offset(_ x: Int, _ y: Int) -> Int {
    precondition(x >= 0 && x < width && y >= 0 && y < height, "Picture: (\(x), \(y)) is outside \(width)×\(height)")
    return (y * width + x) * 3
  }
}
