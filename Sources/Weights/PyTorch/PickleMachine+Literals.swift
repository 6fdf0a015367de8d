extension PickleMachine {
  /// Operations that push a number, a text or bytes; false for others.
  mutating func performLiteral(_ code: UInt8) throws(ByteFailure) -> Bool {
    switch code {
    case "N": push(.none)
    case 0x88: push(.bool(true))
    case 0x89: push(.bool(false))
    case "I": try pushWritten(try cursor.line())
    case "L":
      let line = try cursor.line()
      try pushWritten(line.hasSuffix("L") ? String(line.dropLast()) : line)
    case "J": push(.integer(Int(try cursor.number(Int32.self))))
    case "K": push(.integer(Int(try cursor.byte())))
    case "M": push(.integer(Int(try cursor.number(UInt16.self))))
    case 0x8A: pushLong(try cursor.take(Int(try cursor.byte())))
    case 0x8B: pushLong(try cursor.take(try cursor.count(Int32.self)))
    case "F":
      let line = try cursor.line()
      guard let number = Double(line) else { throw cursor.failure("\"\(line.prefix(40))\" is no number") }
      push(.number(number))
    case "G": push(.number(Double(bitPattern: UInt64(bigEndian: try cursor.number(UInt64.self).littleEndian))))
    case "S":
      let line = try cursor.line()
      guard line.count >= 2, let quote = line.first, quote == line.last, "'\"".contains(quote) else {
        throw cursor.failure("a text without quotes")
      }
      push(.string(String(line.dropFirst().dropLast())))
    case "V": push(.string(try cursor.line()))
    case "T": push(.string(cursor.text(try cursor.take(try cursor.count(Int32.self)))))
    case "U", 0x8C: push(.string(cursor.text(try cursor.take(Int(try cursor.byte())))))
    case "X": push(.string(cursor.text(try cursor.take(try cursor.count(UInt32.self)))))
    case 0x8D: push(.string(cursor.text(try cursor.take(try cursor.count(UInt64.self)))))
    case "B": push(.bytes(try cursor.take(try cursor.count(UInt32.self))))
    case "C": push(.bytes(try cursor.take(Int(try cursor.byte()))))
    case 0x8E, 0x96: push(.bytes(try cursor.take(try cursor.count(UInt64.self))))
    default: return false
    }
    return true
  }

  private mutating func pushWritten(_ text: String) throws(ByteFailure) {
    switch text {
    case "00": push(.bool(false))
    case "01": push(.bool(true))
    default:
      guard let number = Int(text) else { throw cursor.failure("\"\(text.prefix(40))\" is no whole number of 64 bits") }
      push(.integer(number))
    }
  }

  /// A little-endian number of any length, in two's complement.
  private mutating func pushLong(_ place: Range<Int>) {
    guard place.count <= 8 else { return push(.wideInteger(place)) }
    var bits: UInt64 = cursor.bytes[place].last.map { $0 & 0x80 != 0 } == true ? .max : 0
    for byte in cursor.bytes[place].reversed() { bits = bits << 8 | UInt64(byte) }
    push(.integer(Int(Int64(bitPattern: bits))))
  }
}
