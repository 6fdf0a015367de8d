/// Settings in the Exif data of a picture, where no chunks of text are (Exif 2.3).
///
/// A1111 stores its text as the comment of whoever made the picture (4.6.5, `UserComment`), ComfyUI its graphs behind a
/// keyword in the tags that name the camera, and this program its record in the picture's description.
enum ExifTexts {
  /// The texts by key.
  static func read(_ file: [UInt8], _ format: PictureFormat) -> [String: String] {
    let exif: ArraySlice<UInt8>? =
      switch format {
      case .png: PNGText.exif(in: file)
      case .jpeg: JPEGComment.segments(0xE1, mark, in: file).first
      case .webp: WebPAnimation.chunk("EXIF", in: file).map { PNGText.withoutMark($0) }
      case .bmp, .gif, .tiff, .portableAnymap: nil
      }
    guard let exif, let directory = TIFFDirectory(exif) else { return [:] }
    var texts: [String: String] = [:]
    for tag in [TIFFDirectory.Tag.description, .make, .model] {
      guard let bytes = directory.bytes(tag) else { continue }
      let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      for key in ["negspace", "prompt", "workflow"] where text.hasPrefix("\(key):") {
        texts[key] = String(text.dropFirst(key.count + 1))
      }
    }
    if let place = directory.numbers(.exif).first,
      let comment = TIFFDirectory(exif, at: place)?.bytes(.userComment), comment.count > codeLength
    {
      let text = decoded(
        code: comment.prefix(codeLength), comment.dropFirst(codeLength).prefix(ContainerMetadata.limit))
      if !text.isEmpty { texts["parameters"] = text }
    }
    return texts
  }

  /// What stands before the data in a JPEG's segment.
  static let mark = "Exif\0\0"

  /// Exif data with those texts.
  static func data(_ metadata: ContainerMetadata) -> [UInt8] {
    let texts = Dictionary(metadata.entries.map { ($0.key, $0.text) }) { first, _ in first }
    let description = texts["negspace"].map { Array("negspace:\($0)".utf8) + [0] }
    let comment = texts["parameters"].map { text in
      Array("UNICODE\0".utf8) + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
    // Header, the first directory, what it points to; then Exif's own directory and its comment.
    let header: [UInt8] = [0x4D, 0x4D, 0x00, 0x2A] + big(8, 4)
    let firstEntries = description == nil ? 1 : 2
    let afterFirst = header.count + directoryLength(firstEntries)
    let padded = (description ?? []) + (description.map { $0.count % 2 == 1 ? [0] : [] } ?? [])
    let exifPlace = afterFirst + padded.count
    var file = header + big(firstEntries, 2)
    if let description { file += entry(.description, type: 2, count: description.count, value: afterFirst) }
    file += entry(.exif, type: 4, count: 1, value: exifPlace) + big(0, 4) + padded
    let commentPlace = exifPlace + directoryLength(1)
    return file + big(1, 2) + entry(.userComment, type: 7, count: comment?.count ?? 0, value: commentPlace) + big(0, 4)
      + (comment ?? [])
  }

  private static func directoryLength(_ entries: Int) -> Int { 2 + 12 * entries + 4 }

  private static func entry(_ tag: TIFFDirectory.Tag, type: Int, count: Int, value: Int) -> [UInt8] {
    big(tag.rawValue, 2) + big(type, 2) + big(count, 4) + big(value, 4)
  }

  /// A number of `count` bytes, the highest first.
  private static func big(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// Bytes that say which letters follow.
  private static let codeLength = 8

  private static func decoded(code: ArraySlice<UInt8>, _ bytes: ArraySlice<UInt8>) -> String {
    guard code.starts(with: "UNICODE".utf8) else {
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let pairs = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { (bytes[$0], bytes[$0 + 1]) }
    // Its order is not said. Of plain letters the upper byte is zero.
    let isLittle = pairs.count { $0.1 == 0 } > pairs.count { $0.0 == 0 }
    let units = pairs.map { isLittle ? UInt16($0.1) << 8 | UInt16($0.0) : UInt16($0.0) << 8 | UInt16($0.1) }
    return String(decoding: units.filter { $0 != 0 && $0 != 0xFEFF }, as: UTF16.self)
  }
}
