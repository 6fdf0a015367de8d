/// Fields of a message in protocol buffers' encoding, read one after the other with bounds on everything.
struct ProtocolBufferReader {
  struct Failure: Error {
    let reason: String
    /// Offset in the file.
    let byte: Int
  }

  /// What a field holds.
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case bytes(ArraySlice<UInt8>)
    case fixed64
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field's number and value; nil at the end.
  mutating func next() throws(Failure) -> (field: Int, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let tag = try varint()
    let field = Int(truncatingIfNeeded: tag >> 3)
    guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw failure("a field has the number \(tag >> 3)") }
    switch tag & 7 {
    case 0: return (field, .varint(try varint()))
    case 1:
      _ = try take(8)
      return (field, .fixed64)
    case 2:
      let count = try varint()
      guard count <= UInt64(rest.count) else { throw failure("a field of \(count) bytes is longer than the file") }
      return (field, .bytes(try take(Int(count))))
    case 5: return (field, .fixed32(try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }))
    default: throw failure("a field has the kind \(tag & 7), which does not exist")
    }
  }

  private mutating func take(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
    guard rest.count >= count else { throw failure("it ends within a field") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private mutating func varint() throws(Failure) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw failure("it ends within a number") }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw failure("a number does not end")
  }

  private func failure(_ reason: String) -> Failure { Failure(reason: reason, byte: rest.startIndex) }
}

/// A message in protocol buffers' encoding, in the making.
struct ProtocolBufferWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ field: Int, varint value: UInt64) {
    append(UInt64(field) << 3)
    append(value)
  }

  mutating func write(_ field: Int, float value: Float) {
    append(UInt64(field) << 3 | 5)
    for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(shift))) }
  }

  mutating func write(_ field: Int, bytes value: [UInt8]) {
    append(UInt64(field) << 3 | 2)
    append(UInt64(value.count))
    bytes += value
  }

  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
