package import NegativeSpaceMedia

/// A finished picture, or one frame of a video.
public struct Frame: Sendable, Hashable {
  /// Columns.
  public var width: Int { picture.width }
  /// Rows.
  public var height: Int { picture.height }
  /// Red, green and blue, row by row from the top left, 0 to 255.
  public var pixels: [UInt8] { picture.pixels }
  /// From 0.
  public let index: Int

  package let picture: Picture

  package init(_ picture: Picture, index: Int) {
    (self.picture, self.index) = (picture, index)
  }

  /// A picture of a program's own.
  ///
  /// - Parameter pixels: red, green and blue, row by row from the top left, 0 to 255.
  /// - Throws: `MediaError` where these are not width · height · 3.
  public init(width: Int, height: Int, pixels: [UInt8], index: Int = 0) throws {
    // Divided rather than multiplied, which could overflow.
    let count = pixels.count / 3
    guard width > 0, height > 0, pixels.count % 3 == 0, count % width == 0, count / width == height else {
      throw MediaError.wrongSize(
        what: "a picture in memory", expected: "red, green and blue for each of \(width)×\(height) pixels",
        found: "\(pixels.count) values")
    }
    self.init(Picture(width: width, height: height, pixels: pixels), index: index)
  }

  /// Reads a picture file, PNG, JPEG or WebP; its content decides which.
  ///
  /// - Throws: `MediaError`.
  public init(contentsOf path: String) throws { self.init(try Picture(contentsOf: path), index: 0) }

  /// Whether index, size and pixels are the same.
  public static func == (one: Frame, other: Frame) -> Bool {
    one.index == other.index && one.picture == other.picture
  }

  /// Feeds the index and the pixels.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(index)
    hasher.combine(pixels)
  }
}
