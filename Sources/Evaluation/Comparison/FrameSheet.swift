import Foundation
import NegativeSpaceMedia

/// The frames of a clip without loss in one PNG: from left to right, then downwards; a picture is itself.
enum FrameSheet {
  /// Frames side by side: as many as make the sheet about as wide as high.
  private static func columns(_ count: Int) -> Int { Int(Double(count).squareRoot().rounded(.up)) }

  /// - Parameter frames: at least one, all of one size.
  static func joined(_ frames: [Picture]) -> Picture {
    Picture.sheet(frames, columns: columns(frames.count), gap: 0, shade: 0) ?? frames[0]
  }

  /// The frames of a sheet; nil if it is not of this size.
  static func frames(_ sheet: Picture, count: Int, width: Int, height: Int) -> [Picture]? {
    // The numbers come from a file: none may be more than the sheet has room for.
    guard count > 0, count <= sheet.width * sheet.height, (1...sheet.width).contains(width),
      (1...sheet.height).contains(height)
    else { return nil }
    let columns = columns(count)
    let rows = (count + columns - 1) / columns
    guard sheet.width == columns * width, sheet.height == rows * height else { return nil }
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
