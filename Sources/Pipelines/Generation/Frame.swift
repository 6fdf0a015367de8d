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
