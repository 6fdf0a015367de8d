import NegativeSpaceCZlib

/// The text chunks of PNG files (PNG specification, 11.3.3): `tEXt`, `zTXt` and `iTXt`.
enum PNGText {
  private static let signatureLength = 8

  /// The same file with one text chunk an entry, right after the header: `tEXt` where Latin-1 can say it, else `iTXt`.
  static func inserting(_ metadata: ContainerMetadata, into file: [UInt8], _ path: String) throws -> [UInt8] {
    // Signature, then IHDR: length, type, 13 bytes, check sum.
    let headerEnd = signatureLength + 4 + 4 + 13 + 4
    guard file.count > headerEnd else { throw MediaError.damaged(path: path, reason: "the encoder made no header") }
    let chunks = metadata.entries.flatMap { chunk(key: $0.key, text: $0.text) }
    return file[..<headerEnd] + chunks + file[headerEnd...]
  }

  /// The texts by key; of a key that comes twice, the first.
  ///
  /// Chunks whose text cannot be unpacked are passed over; what they took counts all the same.
  /// - Throws: `MediaError.damaged` where the file ends within a chunk.
  static func read(_ file: [UInt8], _ path: String) throws -> [String: String] {
    var texts: [String: String] = [:]
    var reader = ByteReader(file[...])
    var budget = ContainerMetadata.limit
    _ = reader.take(signatureLength)
    while reader.remaining > 0 {
      guard let length = reader.number(4), let type = reader.take(4), let data = reader.take(length),
        reader.take(4) != nil
      else { throw MediaError.damaged(path: path, reason: "it ends within a PNG chunk") }
      if type.elementsEqual("IEND".utf8) { break }
      guard length <= budget else { continue }
      var spent = 0
      // Half of what is left at most, so that one text that fails does not cost those behind it.
      let found = text(type: String(decoding: type, as: UTF8.self), data, limit: budget / 2, spent: &spent)
      budget -= max(spent, found?.text.utf8.count ?? 0)
      if budget < 0 { break }
      if let (key, text) = found, texts[key] == nil { texts[key] = text }
    }
    return texts
  }

  /// The Exif data of the `eXIf` chunk, or of the text that ImageMagick wrote before there was one; nil where there is
  /// none.
  static func exif(in file: [UInt8]) -> ArraySlice<UInt8>? {
    var reader = ByteReader(file[...])
    _ = reader.take(signatureLength)
    while let length = reader.number(4), let type = reader.take(4), let data = reader.take(length),
      reader.take(4) != nil
    {
      if type.elementsEqual("eXIf".utf8) { return withoutMark(data) }
    }
    guard let text = (try? read(file, ""))?["Raw profile type exif"] else { return nil }
    // The name, the count of bytes, and these as hexadecimal digits in lines.
    let digits = text.split(whereSeparator: \.isWhitespace).dropFirst(2).joined().compactMap(\.hexDigitValue)
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    return withoutMark(bytes[...])
  }

  /// Some writers put JPEG's mark of Exif data before them.
  static func withoutMark(_ exif: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    exif.starts(with: Array("Exif\0\0".utf8)) ? exif.dropFirst(6) : exif
  }

  /// One chunk: length, type, keyword, text, check sum.
  private static func chunk(key: String, text: String) -> [UInt8] {
    let type: String
    let data: [UInt8]
    if let latin = latin1(text) {
      type = "tEXt"
      data = Array(key.utf8) + [0] + latin
    } else {
      type = "iTXt"
      // Not compressed, no language, no translated keyword.
      data = Array(key.utf8) + [0, 0, 0, 0, 0] + Array(text.utf8)
    }
    let body = Array(type.utf8) + data
    return bigEndian(UInt32(data.count)) + body + bigEndian(UInt32(crc32_z(0, body, body.count)))
  }

  /// - Parameter spent: grows by the bytes that were unpacked.
  private static func text(
    type: String, _ data: ArraySlice<UInt8>, limit: Int, spent: inout Int
  ) -> (key: String, text: String)? {
    var reader = ByteReader(data)
    switch type {
    case "tEXt":
      guard let key = reader.takeToZero() else { return nil }
      return (latin1(key), latin1(reader.takeRest()))
    case "zTXt":
      guard let key = reader.takeToZero(), reader.number(1) == 0 else { return nil }
      guard let text = Inflate.zlib(reader.takeRest(), limit: limit, spent: &spent) else { return nil }
      return (latin1(key), latin1(text[...]))
    case "iTXt":
      guard let key = reader.takeToZero(), let isPacked = reader.number(1), let method = reader.number(1),
        reader.takeToZero() != nil, reader.takeToZero() != nil
      else { return nil }
      let rest = reader.takeRest()
      guard isPacked == 0 || method == 0 else { return nil }
      guard let text = isPacked == 0 ? Array(rest) : Inflate.zlib(rest, limit: limit, spent: &spent) else { return nil }
      return (latin1(key), String(decoding: text, as: UTF8.self))
    default:
      return nil
    }
  }

  private static func latin1(_ bytes: ArraySlice<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  private static func latin1(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
