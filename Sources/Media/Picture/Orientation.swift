/// The turn of a photograph's stored rows and columns for showing: the Exif tag `Orientation`, 1…8.
enum Orientation: Int {
  case upright = 1, mirrored, upsideDown, flipped, transposed, quarterClockwise, transversed, quarterCounterclockwise

  /// Whether showing swaps width and height.
  var swapsSides: Bool { rawValue >= 5 }
}

extension Picture {
  /// The picture as it is to be shown, as Pillow's `ImageOps.exif_transpose`.
  func turned(_ orientation: Orientation) -> Picture {
    guard orientation != .upright else { return self }
    let newWidth = orientation.swapsSides ? height : width
    let newHeight = orientation.swapsSides ? width : height
    var result = [UInt8]()
    result.reserveCapacity(pixels.count)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        let (column, row) = source(ofX: x, y: y, orientation)
        let start = (row * width + column) * 3
        result.append(contentsOf: pixels[start..<start + 3])
      }
    }
    return Picture(width: newWidth, height: newHeight, pixels: result)
  }

  /// The stored pixel that is shown at column `x`, row `y`.
  private func source(ofX x: Int, y: Int, _ orientation: Orientation) -> (column: Int, row: Int) {
    switch orientation {
    case .upright: (x, y)
    case .mirrored: (width - 1 - x, y)
    case .upsideDown: (width - 1 - x, height - 1 - y)
    case .flipped: (x, height - 1 - y)
    case .transposed: (y, x)
    case .quarterClockwise: (y, height - 1 - x)
    case .transversed: (width - 1 - y, height - 1 - x)
    case .quarterCounterclockwise: (width - 1 - y, x)
    }
  }
}
