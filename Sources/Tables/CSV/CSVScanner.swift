/// Records from bytes, one byte at a time.
struct CSVScanner {
  /// A value of more bytes is no text, but a quote that does not close.
  private static let fieldLimit = 16 << 20
  /// A line of more values is no line of a table.
  private static let countLimit = 4096

  private enum State {
    case start, plain, quoted, quoteInQuoted, afterReturn
  }

  private let file: String
  private let separator: UInt8
  private var state = State.start
  private var fields: [String] = []
  private var field: [UInt8] = []
  /// The line of the byte that comes next, of the record, and of the last quote that opened.
  private var (line, first, opened) = (1, 1, 1)
  private var isEmptyRecord = true

  init(file: String, separator: UInt8) { (self.file, self.separator) = (file, separator) }

  private func damaged(_ line: Int, _ reason: String) -> TableError {
    .damaged(file: file, place: "line \(line)", reason: reason)
  }

  /// - Returns: a record that this byte ends; empty lines are passed over.
  mutating func take(_ byte: UInt8) throws -> (fields: [String], line: Int)? {
    switch (state, byte) {
    case (.afterReturn, UInt8(ascii: "\n")):
      state = .start
      return nil
    case (.afterReturn, _):
      state = .start
      return try take(byte)
    case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
    case (.quoted, _):
      if byte == UInt8(ascii: "\n") { line += 1 }
      field.append(byte)
      guard field.count <= Self.fieldLimit else {
        throw damaged(opened, "a quote opens there that does not close within \(Self.fieldLimit) bytes")
      }
    case (.quoteInQuoted, UInt8(ascii: "\"")):
      field.append(byte)
      state = .quoted
    case (.start, UInt8(ascii: "\"")):
      (state, opened, isEmptyRecord) = (.quoted, line, false)
    default: return try take(unquoted: byte)
    }
    return nil
  }

  private mutating func take(unquoted byte: UInt8) throws -> (fields: [String], line: Int)? {
    switch byte {
    case separator:
      try close()
      isEmptyRecord = false
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      let record = try end()
      line += 1
      first = line
      state = byte == UInt8(ascii: "\r") ? .afterReturn : .start
      return record
    default:
      guard state != .quoteInQuoted else {
        throw damaged(line, "text stands behind a closing quote; quotes within a value are doubled")
      }
      (state, isEmptyRecord) = (.plain, false)
      field.append(byte)
      guard field.count <= Self.fieldLimit else {
        throw damaged(line, "a value has more than \(Self.fieldLimit) bytes")
      }
    }
    return nil
  }

  /// The last record, where no line end follows it.
  mutating func finish() throws -> (fields: [String], line: Int)? {
    guard state != .quoted else { throw damaged(opened, "a quote opens there that does not close") }
    return state == .afterReturn ? nil : try end()
  }

  private mutating func close() throws {
    guard let text = String(validating: field, as: UTF8.self) else { throw damaged(line, "a value is no UTF-8 text") }
    guard fields.count < Self.countLimit else { throw damaged(first, "it has more than \(Self.countLimit) values") }
    fields.append(text)
    field.removeAll(keepingCapacity: true)
    state = .start
  }

  private mutating func end() throws -> (fields: [String], line: Int)? {
    defer { (fields, isEmptyRecord) = ([], true) }
    if isEmptyRecord, fields.isEmpty, field.isEmpty { return nil }
    try close()
    return (fields, first)
  }
}
