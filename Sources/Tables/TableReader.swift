import Foundation

/// A file of rows with named columns, read from its beginning to its end in bounded memory.
package protocol TableReader {
  /// The file.
  var path: String { get }
  /// The columns' names, in order.
  var columns: [String] { get }

  /// Calls `body` with the values of some columns of each row, in the order asked for; nil where there is none.
  ///
  /// Numbers are written as text. What `body` throws ends the reading.
  /// - Parameter places: indices of columns.
  /// - Throws: `TableError`.
  func forEachRow(_ places: [Int], _ body: ([String?]) throws -> Void) throws
}

extension TableReader {
  /// The same by the columns' names.
  ///
  /// - Throws: `TableError.missingColumns`, which names those that are there.
  package func forEachRow(of names: [String], _ body: ([String?]) throws -> Void) throws {
    let places = names.compactMap { columns.firstIndex(of: $0) }
    guard places.count == names.count else {
      throw TableError.missingColumns(
        file: path, missing: names.filter { !columns.contains($0) }, found: columns)
    }
    try forEachRow(places, body)
  }
}

/// Opens a file of rows: Parquet by its first bytes, JSON lines by `.jsonl`, `.ndjson` or `.json`, values between tabs by
/// `.tsv`, else values between commas.
///
/// - Throws: `TableError`.
package func openTable(_ path: String) throws -> any TableReader {
  let file = try RandomAccessFile(path: path)
  let start = try file.read(0..<min(4, file.count))
  if start == Array("PAR1".utf8) || start == Array("PARE".utf8) { return try ParquetFile(file) }
  switch URL(fileURLWithPath: path).pathExtension.lowercased() {
  case "jsonl", "ndjson", "json": return try JSONLinesFile(path: path)
  case "parquet": throw TableError.damaged(file: path, place: "byte 0", reason: "it does not begin as Parquet files do")
  case "tsv": return try CSVFile(path: path, separator: UInt8(ascii: "\t"))
  default: return try CSVFile(path: path)
  }
}
