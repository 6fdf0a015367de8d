/// A directory of a TIFF file, the first as a rule, or of Exif data, which has the same form (TIFF 6.0, section 2).
struct TIFFDirectory {
  /// The tags whose values are read here.
  enum Tag: Int {
    case compression = 259
    case photometric = 262
    case description = 270
    case make = 271
    case model = 272
    case orientation = 274
    case sampleFormat = 339
    /// Adobe's text about the picture.
    case xmp = 700
    /// Where the directory with what Exif adds is, and in that one the text of whoever made the picture.
    case exif = 34665
    case userComment = 37510
  }

  private struct Entry {
    let tag: Int
    /// Bytes of a number: 2 or 4; others are not read.
    let width: Int
    let count: Int
    /// Where its 12 bytes begin.
    let place: Int
  }

  private let bytes: ArraySlice<UInt8>
  private let isLittleEndian: Bool
  /// Where the count of entries is.
  private let start: Int
  private var entries: [Entry] = []

  /// - Parameter place: where another directory than the first is.
  /// - Returns: nil where the bytes do not begin as TIFF does, or end before the directory does.
  init?(_ bytes: ArraySlice<UInt8>, at place: Int? = nil) {
    self.bytes = bytes
    if bytes.starts(with: [0x49, 0x49, 0x2A, 0x00]) {
      isLittleEndian = true
    } else if bytes.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
      isLittleEndian = false
    } else {
      return nil
    }
    guard let start = place ?? Self.number(bytes, isLittleEndian, 4, 4),
      let count = Self.number(bytes, isLittleEndian, start, 2),
      start + 2 + count * 12 + 4 <= bytes.count
    else { return nil }
    self.start = start
    for index in 0..<count {
      let place = start + 2 + index * 12
      guard let tag = number(place, 2), let type = number(place + 2, 2), let count = number(place + 4, 4) else {
        return nil
      }
      entries.append(Entry(tag: tag, width: type == 3 ? 2 : type == 4 ? 4 : 0, count: count, place: place))
    }
  }

  /// A number of `width` bytes at a place from the start, if it is there.
  private static func number(_ bytes: ArraySlice<UInt8>, _ isLittle: Bool, _ place: Int, _ width: Int) -> Int? {
    guard place >= 0, place + width <= bytes.count else { return nil }
    let own = bytes[bytes.startIndex + place..<bytes.startIndex + place + width]
    return isLittle ? own.reversed().reduce(0) { $0 << 8 | Int($1) } : own.reduce(0) { $0 << 8 | Int($1) }
  }

  private func number(_ place: Int, _ width: Int) -> Int? { Self.number(bytes, isLittleEndian, place, width) }

  /// The numbers of a tag, the first few of very many; none where it is missing or no list of whole numbers.
  func numbers(_ tag: Tag) -> [Int] {
    guard let entry = entries.first(where: { $0.tag == tag.rawValue }), entry.width > 0 else { return [] }
    let count = min(entry.count, 16)
    // What does not fit into four bytes is elsewhere.
    guard let place = entry.count * entry.width <= 4 ? entry.place + 8 : number(entry.place + 8, 4) else { return [] }
    return (0..<count).compactMap { number(place + $0 * entry.width, entry.width) }
  }

  /// The bytes of a tag that lie elsewhere, as many as there are.
  func bytes(_ tag: Tag) -> ArraySlice<UInt8>? {
    guard let entry = entries.first(where: { $0.tag == tag.rawValue }), entry.width == 0,
      let place = number(entry.place + 8, 4), place <= bytes.count
    else { return nil }
    return bytes[(bytes.startIndex + place)...].prefix(entry.count)
  }

  /// How the picture is to be turned: upright for nonsense, nil where nothing is said.
  var orientation: Orientation? { numbers(.orientation).first.map { Orientation(rawValue: $0) ?? .upright } }

  /// The same file with those entries alone that say how the pixels' bytes are to be read, so that whoever reads these
  /// need not know the others.
  var plain: [UInt8] {
    let kept = entries.filter { Self.layout.contains($0.tag) || Self.digitalNegative.contains($0.tag) }
    var file = Array(bytes)
    var place = start + 2
    let count = [UInt8(kept.count & 0xFF), UInt8(kept.count >> 8)]
    file.replaceSubrange(start..<place, with: isLittleEndian ? count : count.reversed())
    for entry in kept {
      file.replaceSubrange(place..<place + 12, with: bytes.dropFirst(entry.place).prefix(12))
      place += 12
    }
    // No further directory.
    file.replaceSubrange(place..<place + 4, with: [0, 0, 0, 0])
    return file
  }

  /// Size, samples, compression, colours, strips, planes, fax options, predictor, palette, tiles, JPEG tables, YCbCr.
  private static let layout: Set = [
    254, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324, 325, 347, 529, 530,
    531, 532,
  ]
  /// Adobe's raw files, which are left to the decoder.
  private static let digitalNegative = 50706...51200
}
