import EmojiWorld
import Foundation

/// Pictures side by side in one file, to look at.
enum SampleSheet {
  static func write(_ canvases: [Canvas], columns: Int, to path: String) throws {
    guard let sheet = Canvas.sheet(canvases, columns: columns) else { return }
    let data = Data("P6 \(sheet.width) \(sheet.height) 255\n".utf8) + Data(sheet.bytes)
    try data.write(to: URL(fileURLWithPath: path.replacingOccurrences(of: ".png", with: ".ppm")))
  }
}
