/// A Parquet file of flat columns: plain and dictionary pages of both versions; uncompressed, Snappy, gzip and Zstandard.
///
/// A row group is read at a time, only the columns that are asked for.
struct ParquetFile: TableReader {
  private let file: RandomAccessFile
  private let metadata: ParquetMetadata

  var path: String { file.path }
  var columns: [String] { metadata.columns.map(\.name) }

  /// More metadata than a file of many thousand row groups has.
  private static let metadataLimit = 256 << 20

  /// - Throws: `TableError`.
  init(_ file: RandomAccessFile) throws {
    self.file = file
    let tail = try file.read(max(0, file.count - 8)..<file.count)
    let mark = String(decoding: tail.suffix(4), as: UTF8.self)
    guard mark != "PARE" else {
      throw TableError.unsupported(file: file.path, what: "encrypted metadata", hint: "Write it without encryption.")
    }
    guard file.count >= 12, mark == "PAR1" else {
      throw TableError.damaged(
        file: file.path, place: "byte \(file.count)",
        reason: "it does not end as Parquet files do; it is cut short, so download or copy it again")
    }
    let length = tail.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= min(file.count - 12, Self.metadataLimit) else {
      throw TableError.damaged(
        file: file.path, place: "byte \(file.count - 8)", reason: "metadata of \(length) bytes are announced")
    }
    let start = file.count - 8 - length
    do {
      var reader = ThriftReader(try file.read(start..<(start + length))[...])
      metadata = try ParquetMetadata(try reader.structure(), fileSize: file.count)
    } catch let error as ThriftReader.Failure {
      throw TableError.damaged(file: file.path, place: "byte \(start)", reason: error.reason)
    } catch let error as ParquetMetadata.Failure {
      throw TableError.damaged(file: file.path, place: "byte \(start)", reason: error.reason)
    }
  }

  /// Rows of all groups.
  var count: Int { metadata.groups.reduce(0) { $0 + $1.rows } }

  func forEachRow(_ places: [Int], _ body: ([String?]) throws -> Void) throws {
    for place in places {
      guard let obstacle = metadata.columns[place].obstacle else { continue }
      throw TableError.unsupported(
        file: path, what: "\(obstacle), \"\(metadata.columns[place].name)\"",
        hint: "Write texts and numbers in flat columns, or CSV.")
    }
    for group in metadata.groups {
      let values = try places.map { try self.values(group.chunks[$0], metadata.columns[$0], rows: group.rows) }
      for row in 0..<group.rows { try body(values.map { $0[row] }) }
    }
  }

  private func values(
    _ chunk: ParquetMetadata.Chunk, _ column: ParquetMetadata.Column, rows: Int
  ) throws -> [String?] {
    guard let codec = ParquetMetadata.Codec(rawValue: chunk.codec) else {
      let name = ParquetMetadata.Codec.names[chunk.codec] ?? "a compression with the number \(chunk.codec)"
      throw TableError.unsupported(
        file: path, what: "pages compressed with \(name)",
        hint: "Write it with Snappy, gzip, Zstandard, or without compression.")
    }
    do {
      var pages = ParquetPages(try file.read(chunk.range)[...], column, codec, rows: rows)
      return try pages.values()
    } catch let error as ThriftReader.Failure {
      throw TableError.damaged(file: path, place: place(chunk, column), reason: error.reason)
    } catch let error as ParquetPages.Failure {
      switch error {
      case .damaged(let reason): throw TableError.damaged(file: path, place: place(chunk, column), reason: reason)
      case .unsupported(let what):
        throw TableError.unsupported(
          file: path, what: what, hint: "Write it with plain or dictionary encoding, as pyarrow does by default.")
      }
    }
  }

  private func place(_ chunk: ParquetMetadata.Chunk, _ column: ParquetMetadata.Column) -> String {
    "column \"\(column.name)\" at byte \(chunk.range.lowerBound)"
  }
}
