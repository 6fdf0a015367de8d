extension Picture {
  /// Pictures of one size side by side in reading order, `columns` in a row: a sheet to look at; nil of none.
  ///
  /// - Parameters:
  ///   - gap: pixels between pictures, and around them.
  ///   - shade: the grey of gaps, and of places that are left over.
  package static func sheet(_ pictures: [Picture], columns: Int, gap: Int = 2, shade: UInt8 = 204) -> Picture? {
    guard let first = pictures.first, columns > 0 else { return nil }
    let rows = (pictures.count + columns - 1) / columns
    let (width, height) = (columns * (first.width + gap) + gap, rows * (first.height + gap) + gap)
    var pixels = [UInt8](repeating: shade, count: width * height * 3)
    for (index, picture) in pictures.enumerated() {
      precondition(
        picture.width == first.width && picture.height == first.height,
        "sheet: \(picture.width)×\(picture.height) among \(first.width)×\(first.height)")
      let left = gap + index % columns * (first.width + gap)
      let top = gap + index / columns * (first.height + gap)
      let count = picture.width * 3
      for row in 0..<picture.height {
        let target = ((top + row) * width + left) * 3
        pixels.replaceSubrange(
          target..<(target + count), with: picture.pixels[(row * count)..<((row + 1) * count)])
      }
    }
    return Picture(width: width, height: height, pixels: pixels)
  }
}
