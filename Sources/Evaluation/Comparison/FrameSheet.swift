import Foundation
import NegativeSpaceMedia

/// The frames of a clip without loss in one PNG: from left to right, then downwards; a picture is itself.
enum FrameSheet {
  /// Frames side by side: as many as make the sheet about as wide as high.
  private static func columns(_ count: Int) -> Int { Int(Double(count).squareRoot().rounded(.up)) }

  /// - Parameter frames: at least one, all of one size.
  static func joined(_ frames: [Picture]) -> Picture {
    let (width, height, columns) = (frames[0].width, frames[0].height, columns(frames.count))
    if frames.count == 1 { return frames[0] }
    let rows = (frames.count + columns - 1) / columns
    let stride = columns * width * 3
    var pixels = [UInt8](repeating: 0, count: rows * height * stride)
    for (index, frame) in frames.enumerated() {
      let corner = index / columns * height * stride + index % columns * width * 3
      for row in 0..<height {
        let start = row * width * 3
        pixels.replaceSubrange(
          (corner + row * stride)..<(corner + row * stride + width * 3), with: frame.pixels[start..<(start + width * 3)]
        )
      }
    }
    return Picture(width: columns * width, height: rows * height, pixels: pixels)
  }

  /// The frames of a sheet; nil if it is not of this size.
  static func frames(_ sheet: Picture, count: Int, width: Int, height: Int) -> [Picture]? {
    let columns = columns(count)
    let rows = (count + columns - 1) / max(1, columns)
    guard count > 0, sheet.width == columns * width, sheet.height == rows * height else { return nil }
    let stride = sheet.width * 3
    return (0..<count).map { index in
      let corner = index / columns * height * stride + index % columns * width * 3
      let pixels = (0..<height).flatMap { row in
        sheet.pixels[(corner + row * stride)..<(corner + row * stride + width * 3)]
      }
      return Picture(width: width, height: height, pixels: pixels)
    }
  }
}
