import Foundation

/// Values between commas, as RFC 4180 and Python's `csv` write them: quotes around what holds commas, quotes or line
/// ends, doubled quotes within, lines that end with LF or CRLF; a byte order mark is no part of the first name.
struct CSVFile: TableReader {
  let path: String
  let columns: [String]
  private let separator: UInt8

  /// - Throws: `TableError`.
  init(path: String, separator: UInt8 = UInt8(ascii: ",")) throws {
    var header: [String]?
    try Self.forEachRecord(path, separator) { fields, _ in
      header = fields
      return false
    }
    guard let header else { throw TableError.damaged(file: path, place: "line 1", reason: "there is no line of names") }
    (self.path, columns, self.separator) = (path, header, separator)
  }

  func forEachRow(_ places: [Int], _ body: ([String?]) throws -> Void) throws {
    var isHeader = true
    try Self.forEachRecord(path, separator) { fields, line in
      defer { isHeader = false }
      if isHeader { return true }
      guard fields.count == columns.count else {
        throw TableError.damaged(
          file: path, place: "line \(line)",
          reason: "it has \(fields.count) values, the first line \(columns.count) names")
      }
      try body(places.map { fields[$0] })
      return true
    }
  }

  /// Calls `body` with each record and the line that it begins on, until it returns false.
  private static func forEachRecord(
    _ path: String, _ separator: UInt8, _ body: ([String], Int) throws -> Bool
  ) throws {
    var scanner = CSVScanner(file: path, separator: separator)
    var (isOver, isFirst) = (false, true)
    try RandomAccessFile(path: path).forEachPiece { piece in
      let hasMark = isFirst && piece.starts(with: [0xEF, 0xBB, 0xBF])
      isFirst = false
      for byte in piece.dropFirst(hasMark ? 3 : 0) {
        guard let record = try scanner.take(byte) else { continue }
        if try !body(record.fields, record.line) {
          isOver = true
          return false
        }
      }
      return true
    }
    if !isOver, let record = try scanner.finish() { _ = try body(record.fields, record.line) }
  }
}
