import Foundation
import NegativeSpaceConfiguration

/// JSON lines: an object on each; a key that a line lacks counts as null.
struct JSONLinesFile: TableReader {
  let path: String
  /// The keys of the first line, sorted.
  let columns: [String]

  /// A line of more bytes is no row.
  private static let lineLimit = 64 << 20

  /// - Throws: `TableError`, `ConfigurationError`.
  init(path: String) throws {
    var names: [String]?
    try Self.forEachObject(path) { fields, _ in
      names = fields.keys.sorted()
      return false
    }
    guard let names else { throw TableError.damaged(file: path, place: "line 1", reason: "there is no object") }
    (self.path, columns) = (path, names)
  }

  func forEachRow(_ places: [Int], _ body: ([String?]) throws -> Void) throws {
    let names = places.map { columns[$0] }
    try Self.forEachObject(path) { fields, line in
      try body(
        names.map { name in
          switch fields[name] {
          case .null, nil: return nil
          case .string(let text): return text
          case .integer, .number: return fields[name]?.text()
          case .some(let value):
            throw TableError.damaged(
              file: path, place: "line \(line)", reason: "\"\(name)\" is \(value.kind), not a text")
          }
        })
      return true
    }
  }

  private static func forEachObject(_ path: String, _ body: ([String: JSONValue], Int) throws -> Bool) throws {
    var (line, number, isOver): ([UInt8], Int, Bool) = ([], 0, false)
    func finish() throws -> Bool {
      defer { line.removeAll(keepingCapacity: true) }
      number += 1
      if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
      guard line.contains(where: { $0 > 0x20 }) else { return true }
      let value: JSONValue
      do {
        value = try JSONValue(parsing: Data(line), file: path)
      } catch ConfigurationError.invalidJSON(_, let reason, let byte) {
        throw TableError.damaged(file: path, place: "line \(number)", reason: "at byte \(byte) \(reason)")
      }
      guard case .object(let fields) = value else {
        throw TableError.damaged(file: path, place: "line \(number)", reason: "it is \(value.kind), not an object")
      }
      return try body(fields, number)
    }
    try RandomAccessFile(path: path).forEachPiece { piece in
      var rest = piece
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        line += rest[..<end]
        rest = rest[(end + 1)...]
        if try !finish() {
          isOver = true
          return false
        }
      }
      line += rest
      guard line.count <= lineLimit else {
        throw TableError.damaged(
          file: path, place: "line \(number + 1)", reason: "it has more than \(lineLimit) bytes; are these JSON lines?")
      }
      return true
    }
    if !isOver, !line.isEmpty { _ = try finish() }
  }
}
