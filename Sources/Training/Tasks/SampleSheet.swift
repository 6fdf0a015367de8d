import NegativeSpaceEmojiWorld
import NegativeSpaceMedia

/// Pictures side by side in one file, to look at.
enum SampleSheet {
  static func write(_ canvases: [Canvas], columns: Int, to path: String) throws {
    guard let sheet = Canvas.sheet(canvases, columns: columns) else { return }
    try Picture(width: sheet.width, height: sheet.height, pixels: sheet.bytes).write(to: path)
  }
}
