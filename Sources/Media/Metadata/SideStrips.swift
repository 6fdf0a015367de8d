/// The data that A1111's web UI hides in the sides of a picture: strips left and right of it, each set apart by a black
/// column (`modules/textual_inversion/image_embedding.py`).
///
/// The low four bits of the left strip's values are the low halves of the bytes, those of the right strip the high
/// halves, both under a fixed mask; together they are zlib's data.
package enum SideStrips {
  /// The unpacked data; nil where the picture has none, or more than `limit` bytes.
  package static func data(in picture: Picture, limit: Int = ContainerMetadata.limit) -> [UInt8]? {
    guard let inside = inner(picture) else { return nil }
    let black = inside.columns.filter { column in
      inside.rows.allSatisfy { row in (0..<3).allSatisfy { value(picture, column, row, $0) == 0 } }
    }
    guard black.count >= 2, let first = black.first, let last = black.last,
      first - inside.columns.lowerBound == inside.columns.upperBound - last - 1, first > inside.columns.lowerBound
    else { return nil }
    let low = halves(picture, inside.columns.lowerBound..<first, inside.rows)
    let high = halves(picture, last + 1..<inside.columns.upperBound, inside.rows)
    var spent = 0
    return Inflate.zlib(zip(low, high).map { $0 | $1 << 4 }[...], limit: limit, spent: &spent)
  }

  /// What is left when black borders are cut away: rows and columns with a pixel none of whose colours is 0.
  private static func inner(_ picture: Picture) -> (columns: Range<Int>, rows: Range<Int>)? {
    func isShown(_ x: Int, _ y: Int) -> Bool {
      let colour = picture[x, y]
      return colour.red > 0 && colour.green > 0 && colour.blue > 0
    }
    func hasPixel(column x: Int) -> Bool { (0..<picture.height).contains { isShown(x, $0) } }
    func hasPixel(row y: Int) -> Bool { (0..<picture.width).contains { isShown($0, y) } }
    guard let left = (0..<picture.width).first(where: hasPixel(column:)),
      let right = (0..<picture.width).last(where: hasPixel(column:)),
      let top = (0..<picture.height).first(where: hasPixel(row:)),
      let bottom = (0..<picture.height).last(where: hasPixel(row:))
    else { return nil }
    return (left..<right + 1, top..<bottom + 1)
  }

  /// The low half of a colour.
  private static func value(_ picture: Picture, _ x: Int, _ y: Int, _ channel: Int) -> UInt8 {
    picture.pixels[(y * picture.width + x) * 3 + channel] & 0x0F
  }

  /// A strip's halves row by row, without the mask: the low half of s mod 255 for s ← 1664525 s + 1013904223 mod 2³²
  /// from 0.
  private static func halves(_ picture: Picture, _ columns: Range<Int>, _ rows: Range<Int>) -> [UInt8] {
    var state: UInt32 = 0
    var result: [UInt8] = []
    result.reserveCapacity(rows.count * columns.count * 3)
    for y in rows {
      for x in columns {
        for channel in 0..<3 {
          state = state &* 1_664_525 &+ 1_013_904_223
          result.append(value(picture, x, y, channel) ^ UInt8(state % 255) & 0x0F)
        }
      }
    }
    return result
  }
}
