/// Reads JSON from bytes, piece by piece, with bounds on everything: the input is hostile.
///
/// Besides the standard it takes the bare `NaN`, `Infinity` and `-Infinity` that Python writes.
package struct JSONScanner {
  package struct Failure: Error, Hashable {
    package let reason: String
    /// Offset in the bytes.
    package let byte: Int
  }

  /// Arrays and objects inside each other; Python itself stops near 1,000.
  static let depthLimit = 128

  let bytes: UnsafeRawBufferPointer
  var position = 0
  private var depth = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package func failure(_ reason: String) -> Failure { Failure(reason: reason, byte: position) }

  /// Passes over the mark that Windows' editors put before UTF-8.
  mutating func skipByteOrderMark() {
    if position == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  // MARK: Structure

  /// The next byte that is not white space; nil at the end.
  mutating func peek() -> UInt8? {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return bytes[position]
      }
    }
    return nil
  }

  package mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
    guard let next = peek() else { throw failure("the text ends where \"\(character)\" should be") }
    guard next == UInt8(ascii: character) else { throw failure("\"\(character)\" expected") }
    position += 1
  }

  package mutating func expectEnd() throws(Failure) {
    if peek() != nil { throw failure("more text after the value") }
  }

  /// Calls `member` with each key of an object, once; `member` must read the value.
  ///
  /// - Returns: the results of `member`, by key.
  @discardableResult package mutating func object<Member>(
    _ member: (String, inout JSONScanner) throws(Failure) -> Member
  ) throws(Failure) -> [String: Member] {
    var members: [String: Member] = [:]
    try list("{", "}") { scanner throws(Failure) in
      guard scanner.peek() == UInt8(ascii: "\"") else { throw scanner.failure("a key in quotes expected") }
      let start = scanner.position
      let key = try scanner.string()
      try scanner.expect(":")
      guard members.updateValue(try member(key, &scanner), forKey: key) == nil else {
        throw Failure(reason: "the key \"\(key.prefix(100))\" occurs twice", byte: start)
      }
    }
    return members
  }

  /// Passes over a value of any kind.
  package mutating func skipValue() throws(Failure) { _ = try JSONValue(&self) }

  /// Takes `null`, if it is next.
  package mutating func takeNull() -> Bool {
    _ = peek()
    return take("null")
  }

  /// Calls `element` at each element of an array; `element` must read it.
  package mutating func array(_ element: (inout JSONScanner) throws(Failure) -> Void) throws(Failure) {
    try list("[", "]", element)
  }

  private mutating func list(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ item: (inout JSONScanner) throws(Failure) -> Void
  ) throws(Failure) {
    try expect(open)
    depth += 1
    guard depth <= Self.depthLimit else { throw failure("more than \(Self.depthLimit) levels") }
    defer { depth -= 1 }
    if peek() == UInt8(ascii: close) {
      position += 1
      return
    }
    while true {
      try item(&self)
      switch peek() {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: close):
        position += 1
        return
      case nil: throw failure("the text ends where \",\" or \"\(close)\" should be")
      default: throw failure("\",\" or \"\(close)\" expected")
      }
    }
  }

  // MARK: Words and numbers

  /// True if `word` is next; it is passed over then.
  mutating func take(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard peek() != nil, bytes.count - position >= length else { return false }
    for index in 0..<length where bytes[position + index] != word.utf8Start[index] { return false }
    position += length
    return true
  }

  /// The text of the number that is next: sign, digits, fraction, exponent.
  package mutating func number() throws(Failure) -> String {
    _ = peek()
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    let leadingZero = current == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0, !(leadingZero && whole > 1) else { throw failure("a value expected") }
    if current == UInt8(ascii: ".") {
      position += 1
      guard digits() > 0 else { throw failure("a digit expected") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw failure("a digit expected") }
    }
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
  }

  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func digits() -> Int {
    let start = position
    while let digit = current, 0x30...0x39 ~= digit { position += 1 }
    return position - start
  }
}
