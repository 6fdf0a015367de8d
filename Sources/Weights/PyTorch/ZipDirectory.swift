/// The entries of a zip archive as `torch.save` writes it: stored, not compressed, with zip64 where sizes ask for it.
///
/// Format: APPNOTE.TXT 6.3 (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), sections 4.3 and 4.5.3.
/// Nothing is extracted: an entry is a range of the file's bytes, so its name leads nowhere and its size cannot exceed
/// the file's.
struct ZipDirectory {
  /// Range of each entry's bytes in the file, by name.
  let entries: [String: Range<Int>]

  /// First bytes of every zip archive with entries.
  static let signature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

  private struct Place {
    let offset: Int
    let size: Int
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(ByteFailure) {
    let directory = try Self.directory(bytes)
    var cursor = ByteCursor(bytes, directory.offset..<directory.offset + directory.size)
    var entries: [String: Range<Int>] = [:]
    while cursor.position < cursor.end {
      let start = cursor.position
      let (name, place) = try Self.entry(&cursor)
      guard entries.updateValue(try Self.content(bytes, place, before: directory.offset), forKey: name) == nil else {
        throw ByteFailure(reason: "two entries of the archive are called \(name.prefix(100))", byte: start)
      }
    }
    self.entries = entries
  }

  /// Finds the central directory through the record at the archive's end.
  private static func directory(_ bytes: UnsafeRawBufferPointer) throws(ByteFailure) -> Place {
    // The record has 22 bytes and a comment of at most 65,535.
    var end = bytes.count - 22
    let last = max(0, end - 0xFFFF)
    while end >= last {
      if bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self).littleEndian == 0x0605_4B50 {
        var cursor = ByteCursor(bytes, end + 10..<bytes.count)
        let count = try cursor.number(UInt16.self)
        let size = try cursor.number(UInt32.self)
        let offset = try cursor.number(UInt32.self)
        let comment = try cursor.number(UInt16.self)
        if end + 22 + Int(comment) == bytes.count {
          if count == 0xFFFF || size == .max || offset == .max { return try wideDirectory(bytes, before: end) }
          return try checked(UInt64(offset), UInt64(size), before: end)
        }
      }
      end -= 1
    }
    throw ByteFailure(reason: "the archive's directory, which stands at its end, is missing", byte: bytes.count)
  }

  /// The same in the 64-bit record, which a locator in front of the short one points to.
  private static func wideDirectory(
    _ bytes: UnsafeRawBufferPointer, before end: Int
  ) throws(ByteFailure) -> Place {
    guard end >= 20 else { throw ByteFailure(reason: "the zip64 locator is missing", byte: end) }
    var locator = ByteCursor(bytes, end - 20..<end)
    guard try locator.number(UInt32.self) == 0x0706_4B50 else {
      throw ByteFailure(reason: "the zip64 locator is missing", byte: end - 20)
    }
    _ = try locator.number(UInt32.self)
    let start = try locator.count(UInt64.self)
    guard start <= end - 20 else { throw ByteFailure(reason: "the zip64 record lies outside", byte: end - 20) }
    var record = ByteCursor(bytes, start..<end - 20)
    guard try record.number(UInt32.self) == 0x0606_4B50 else {
      throw ByteFailure(reason: "the zip64 record is missing", byte: start)
    }
    _ = try record.take(36)
    let size = try record.number(UInt64.self)
    return try checked(try record.number(UInt64.self), size, before: start)
  }

  private static func checked(_ offset: UInt64, _ size: UInt64, before end: Int) throws(ByteFailure) -> Place {
    guard offset <= UInt64(end), size <= UInt64(end) - offset else {
      throw ByteFailure(reason: "the archive's directory lies outside the file", byte: end)
    }
    return Place(offset: Int(offset), size: Int(size))
  }

  /// One record of the central directory.
  private static func entry(_ cursor: inout ByteCursor) throws(ByteFailure) -> (name: String, place: Place) {
    guard try cursor.number(UInt32.self) == 0x0201_4B50 else {
      throw cursor.failure("a record of the archive's directory is malformed")
    }
    _ = try cursor.take(4)
    let flags = try cursor.number(UInt16.self)
    let method = try cursor.number(UInt16.self)
    _ = try cursor.take(8)
    var stored = UInt64(try cursor.number(UInt32.self))
    var size = UInt64(try cursor.number(UInt32.self))
    let lengths = (try cursor.count(UInt16.self), try cursor.count(UInt16.self), try cursor.count(UInt16.self))
    _ = try cursor.take(8)
    var offset = UInt64(try cursor.number(UInt32.self))
    let name = cursor.text(try cursor.take(lengths.0))
    var extra = ByteCursor(cursor.bytes, try cursor.take(lengths.1))
    _ = try cursor.take(lengths.2)
    while extra.end - extra.position >= 4 {
      let kind = try extra.number(UInt16.self)
      var field = ByteCursor(extra.bytes, try extra.take(try extra.count(UInt16.self)))
      guard kind == 1 else { continue }
      if size == 0xFFFF_FFFF { size = try field.number() }
      if stored == 0xFFFF_FFFF { stored = try field.number() }
      if offset == 0xFFFF_FFFF { offset = try field.number() }
    }
    guard flags & 1 == 0, method == 0, stored == size else {
      throw cursor.failure("\(name.prefix(100)) is compressed or encrypted, which torch.save never does")
    }
    guard let place = Int(exactly: offset), let count = Int(exactly: size) else {
      throw cursor.failure("\(name.prefix(100)) lies outside the file")
    }
    return (name, Place(offset: place, size: count))
  }

  /// Range of an entry's bytes, behind its local header.
  private static func content(
    _ bytes: UnsafeRawBufferPointer, _ place: Place, before end: Int
  ) throws(ByteFailure) -> Range<Int> {
    guard place.offset <= end else {
      throw ByteFailure(reason: "an entry of the archive lies outside the file", byte: end)
    }
    var cursor = ByteCursor(bytes, place.offset..<end)
    guard try cursor.number(UInt32.self) == 0x0403_4B50 else {
      throw ByteFailure(reason: "an entry of the archive has no header", byte: place.offset)
    }
    _ = try cursor.take(22)
    let lengths = (try cursor.count(UInt16.self), try cursor.count(UInt16.self))
    _ = try cursor.take(lengths.0 + lengths.1)
    return try cursor.take(place.size)
  }
}
