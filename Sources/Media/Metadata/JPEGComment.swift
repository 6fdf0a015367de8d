/// The comment segments (COM) of JPEG files: `parameters` as the comment itself, other keys as `key:text`.
enum JPEGComment {
  /// A segment's length is a 16-bit number that counts itself.
  private static let segmentLimit = 65535 - 2

  /// The same file with its texts after the start marker.
  ///
  /// Longer texts take several segments; `parameters` comes last, because most programs show the last comment.
  static func inserting(_ metadata: ContainerMetadata, into file: [UInt8], _ path: String) throws -> [UInt8] {
    guard file.starts(with: [0xFF, 0xD8]) else {
      throw MediaError.damaged(path: path, reason: "the encoder made no JPEG")
    }
    let others = metadata.entries.filter { $0.key != "parameters" }
    let parameters = metadata.entries.filter { $0.key == "parameters" }
    let named = others.flatMap { segments(Array("\($0.key):".utf8), $0.text) }
    let plain = parameters.flatMap { segments([], $0.text) }
    return file[..<2] + exif(metadata) + named + plain + file[2...]
  }

  /// A1111 and what reads its files look for its text in Exif's comment; one that is too long for a segment is left out.
  private static func exif(_ metadata: ContainerMetadata) -> [UInt8] {
    guard metadata.parameters != nil else { return [] }
    let data =
      Array(ExifTexts.mark.utf8) + ExifTexts.data(ContainerMetadata(parameters: metadata.parameters, negspace: nil))
    guard data.count <= segmentLimit else { return [] }
    return segment(0xE1, data)
  }

  /// The texts by key; the pieces of one key are joined.
  ///
  /// A comment of somebody else's is `parameters` as well.
  /// - Throws: `MediaError.damaged` where the file ends within a segment.
  static func read(_ file: [UInt8], _ path: String) throws -> [String: String] {
    var pieces: [String: [UInt8]] = [:]
    var reader = ByteReader(file[...])
    _ = reader.take(2)
    while let prefix = reader.number(1) {
      guard prefix == 0xFF, let marker = nextMarker(&reader) else { break }
      // The scan or the end: no texts follow. Markers without a length do not stand before it.
      if marker == 0xDA || marker == 0xD9 { break }
      guard let length = reader.number(2), length >= 2, let data = reader.take(length - 2) else {
        throw MediaError.damaged(path: path, reason: "it ends within a JPEG segment")
      }
      guard marker == 0xFE else { continue }
      let key = "negspace:"
      if data.starts(with: key.utf8) {
        pieces["negspace", default: []] += data.dropFirst(key.utf8.count)
      } else {
        pieces["parameters", default: []] += data
      }
    }
    return pieces.mapValues { String(decoding: $0, as: UTF8.self) }
  }

  /// What stands behind `mark` in the segments of a kind that begin with it, before the scan.
  static func segments(_ kind: Int, _ mark: String, in file: [UInt8]) -> [ArraySlice<UInt8>] {
    var found: [ArraySlice<UInt8>] = []
    var reader = ByteReader(file[...])
    _ = reader.take(2)
    while reader.number(1) == 0xFF, let marker = nextMarker(&reader), marker != 0xDA, marker != 0xD9,
      let length = reader.number(2), length >= 2, let data = reader.take(length - 2)
    {
      if marker == kind, data.starts(with: mark.utf8) { found.append(data.dropFirst(mark.utf8.count)) }
    }
    return found
  }

  /// Any number of 0xFF may stand before a marker.
  private static func nextMarker(_ reader: inout ByteReader) -> Int? {
    while let byte = reader.number(1) {
      if byte != 0xFF { return byte }
    }
    return nil
  }

  private static func segments(_ prefix: [UInt8], _ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    let room = segmentLimit - prefix.count
    return stride(from: 0, to: max(bytes.count, 1), by: room).flatMap { start -> [UInt8] in
      segment(0xFE, prefix + bytes[start..<min(start + room, bytes.count)])
    }
  }

  private static func segment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] {
    let length = data.count + 2
    return [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + data
  }
}
