extension Picture {
  /// The part that begins at column `x`, row `y`; all of it lies inside.
  package func cropped(x: Int, y: Int, width newWidth: Int, height newHeight: Int) -> Picture {
    precondition(
      x >= 0 && y >= 0 && x + newWidth <= width && y + newHeight <= height,
      "cropped: \(newWidth)×\(newHeight) at (\(x), \(y)) is outside \(width)×\(height)")
    var rows: [UInt8] = []
    rows.reserveCapacity(newWidth * newHeight * 3)
    for row in y..<(y + newHeight) {
      let start = (row * width + x) * 3
      rows += pixels[start..<(start + newWidth * 3)]
    }
    return Picture(width: newWidth, height: newHeight, pixels: rows)
  }

  /// The middle of the picture that has the proportions of a size, resized to it.
  package func filling(width newWidth: Int, height newHeight: Int, filter: ResizingFilter = .bicubic) -> Picture {
    let scale = min(Double(width) / Double(newWidth), Double(height) / Double(newHeight))
    let wide = min(width, max(1, Int((Double(newWidth) * scale).rounded())))
    let high = min(height, max(1, Int((Double(newHeight) * scale).rounded())))
    return cropped(x: (width - wide) / 2, y: (height - high) / 2, width: wide, height: high)
      .resized(width: newWidth, height: newHeight, filter: filter)
  }

  /// Brightness row by row, as Pillow's mode `L` (ITU-R 601-2 in 16-bit fixed point).
  package var luma: [UInt8] {
    (0..<width * height).map { place in
      let (red, green, blue) = (Int(pixels[3 * place]), Int(pixels[3 * place + 1]), Int(pixels[3 * place + 2]))
      return UInt8((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16)
    }
  }
}
