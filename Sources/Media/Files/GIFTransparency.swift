/// The colour of a GIF that stands for no colour.
enum GIFTransparency {
  /// The same file without saying so of its first picture: its pixels are then the palette's colour, as for who drops alpha.
  static func removed(from file: [UInt8]) -> [UInt8] {
    var reader = ByteReader(file[...])
    guard reader.take(10) != nil, let flags = reader.number(1), reader.take(2) != nil else { return file }
    // A palette of all pictures: 2 to 256 colours of three bytes.
    if flags & 0x80 != 0 { _ = reader.take(3 << (flags & 7 + 1)) }
    while reader.number(1) == 0x21, let label = reader.number(1) {
      let place = file.count - reader.remaining
      if label == 0xF9, place + 1 < file.count {
        var changed = file
        changed[place + 1] &= ~1
        return changed
      }
      while let count = reader.number(1), count > 0, reader.take(count) != nil {}
    }
    return file
  }
}
