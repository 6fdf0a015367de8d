import NegativeSpaceEmojiWorld
import NegativeSpaceMedia

/// Pictures side by side in one file, to look at.
enum SampleSheet {
  static func write(_ canvases: [Canvas], columns: Int, to path: String) throws {
    try Picture.sheet(canvases.map(\.picture), columns: columns)?.write(to: path)
  }
}

extension Canvas {
  /// The canvas in bytes.
  var picture: Picture { Picture(width: width, height: height, pixels: bytes) }
}
