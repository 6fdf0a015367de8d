/// Why bytes are not what their format asks for, and where.
struct ByteFailure: Error, Hashable {
  let reason: String
  /// In the whole file.
  let byte: Int
}

/// Reads a file's bytes one after another; never past the end.
struct ByteCursor {
  let bytes: UnsafeRawBufferPointer
  var position: Int
  let end: Int

  /// - Parameter range: the part to read; it lies within `bytes`.
  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    (self.bytes, position, end) = (bytes, range.lowerBound, range.upperBound)
  }

  func failure(_ reason: String) -> ByteFailure { ByteFailure(reason: reason, byte: position) }

  mutating func byte() throws(ByteFailure) -> UInt8 {
    guard position < end else { throw failure("it ends too early") }
    position += 1
    return bytes[position - 1]
  }

  /// A little-endian number.
  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(ByteFailure) -> Number {
    let place = try take(MemoryLayout<Number>.size)
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place.lowerBound, as: Number.self))
  }

  /// A little-endian count that fits this machine.
  mutating func count<Number: FixedWidthInteger>(_ type: Number.Type) throws(ByteFailure) -> Int {
    let start = position
    guard let count = Int(exactly: try number(type)), count >= 0 else {
      throw ByteFailure(reason: "a length beyond any file", byte: start)
    }
    return count
  }

  /// The place of the next `count` bytes.
  mutating func take(_ count: Int) throws(ByteFailure) -> Range<Int> {
    guard count <= end - position else { throw failure("it ends too early") }
    position += count
    return position - count..<position
  }

  /// The text before the next line feed, which is passed over.
  mutating func line() throws(ByteFailure) -> String {
    let start = position
    while try byte() != UInt8(ascii: "\n") {}
    return text(start..<position - 1)
  }

  /// Bytes as text; what is not UTF-8 becomes U+FFFD.
  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
