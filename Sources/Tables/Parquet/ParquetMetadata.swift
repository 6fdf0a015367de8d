/// What a Parquet file says of itself at its end: columns, row groups, and where their pages lie.
struct ParquetMetadata {
  /// The plain types, by their numbers in the file.
  enum Kind: Int {
    case boolean = 0
    case int32, int64, int96, float, double, bytes, fixedBytes
  }

  /// A compression, by its number in the file.
  enum Codec: Int {
    case none = 0
    case snappy = 1
    case gzip = 2
    case zstd = 6

    /// The names of those that exist.
    static let names = [3: "LZO", 4: "Brotli", 5: "LZ4", 7: "LZ4"]
  }

  struct Column {
    let name: String
    let kind: Kind?
    let isOptional: Bool
    /// Why it cannot be read, if it cannot.
    let obstacle: String?
  }

  /// The part of a column in one row group.
  struct Chunk {
    let codec: Int
    let values: Int
    /// Bytes in the file, a dictionary's page first.
    let range: Range<Int>
  }

  struct RowGroup {
    let rows: Int
    let chunks: [Chunk]
  }

  struct Failure: Error {
    let reason: String
  }

  let columns: [Column]
  let groups: [RowGroup]

  /// Rows of a group, which is read as a whole; writers make a million at most.
  static let rowLimit = 1 << 22
  /// Rows for each byte of a file: even of values that never change there are fewer.
  private static let rowsPerByte = 1024

  /// - Parameter fileSize: bytes of the whole file.
  init(_ document: ThriftValue, fileSize: Int) throws {
    guard let schema = document[2]?.list, let root = schema.first, let groups = document[4]?.list else {
      throw Failure(reason: "columns or row groups are missing in the metadata")
    }
    columns = try Self.columns(schema.dropFirst(), count: root[5]?.integer ?? 0)
    let leaves = columns.count
    self.groups = try groups.map { group in
      guard let rows = group[3]?.integer, (0...Self.rowLimit).contains(rows), let chunks = group[1]?.list else {
        throw Failure(reason: "a row group has no number of rows, or more than \(Self.rowLimit)")
      }
      guard chunks.count >= leaves else {
        throw Failure(reason: "a row group has \(chunks.count) columns, not \(leaves)")
      }
      return RowGroup(rows: rows, chunks: try chunks.map { try Self.chunk($0, fileSize: fileSize) })
    }
    let rows = self.groups.reduce(0) { $0 + $1.rows }
    guard rows / Self.rowsPerByte <= fileSize else {
      throw Failure(reason: "\(fileSize) bytes cannot hold the \(rows) rows that are announced")
    }
  }

  /// The columns at the top; nested ones are named, and said to be so when they are asked for.
  private static func columns(_ elements: ArraySlice<ThriftValue>, count: Int) throws -> [Column] {
    var (columns, rest): ([Column], ArraySlice<ThriftValue>) = ([], elements)
    while let element = rest.popFirst() {
      guard let name = element[4]?.text else { throw Failure(reason: "a column has no name") }
      if let children = element[5]?.integer, children > 0 {
        // Its leaves take places among the chunks.
        let leaves = try skip(children, &rest, depth: 0)
        for _ in 0..<leaves {
          columns.append(Column(name: name, kind: nil, isOptional: true, obstacle: "a column of lists or structures"))
        }
        continue
      }
      guard let kind = element[1]?.integer.flatMap(Kind.init) else {
        throw Failure(reason: "the column \"\(name)\" has no known type")
      }
      let obstacle: String? =
        switch (kind, element[3]?.integer) {
        case (_, 2): "a column of lists"
        case (.int96, _): "a column of the old type INT96"
        case (.fixedBytes, _): "a column of bytes of fixed length"
        default: nil
        }
      columns.append(Column(name: name, kind: kind, isOptional: element[3]?.integer == 1, obstacle: obstacle))
    }
    guard !columns.isEmpty else { throw Failure(reason: "there is no column") }
    return columns
  }

  /// Passes over the elements inside a nested column, and counts its leaves.
  private static func skip(_ children: Int, _ rest: inout ArraySlice<ThriftValue>, depth: Int) throws -> Int {
    guard depth < 32, children <= rest.count else { throw Failure(reason: "columns lie too deep inside each other") }
    var leaves = 0
    for _ in 0..<children {
      guard let element = rest.popFirst() else { throw Failure(reason: "a nested column ends too soon") }
      let inner = element[5]?.integer ?? 0
      leaves += inner > 0 ? try skip(inner, &rest, depth: depth + 1) : 1
    }
    return leaves
  }

  private static func chunk(_ chunk: ThriftValue, fileSize: Int) throws -> Chunk {
    guard chunk[1] == nil else { throw Failure(reason: "a column lies in another file") }
    guard chunk[8] == nil, let data = chunk[3] else {
      throw Failure(reason: "a column is encrypted or has no metadata")
    }
    guard let codec = data[4]?.integer, let values = data[5]?.integer, (0...1 << 28).contains(values),
      let size = data[7]?.integer, let first = data[9]?.integer
    else { throw Failure(reason: "a column's place is not told") }
    // A chunk of nothing has no pages, and its place means nothing.
    guard values > 0 else { return Chunk(codec: codec, values: 0, range: 0..<0) }
    let start = min(first, data[11]?.integer.flatMap { $0 > 0 ? $0 : nil } ?? first)
    guard start >= 4, size >= 0, size <= fileSize, start <= fileSize - size else {
      throw Failure(reason: "a column lies at \(start) with \(size) bytes, outside of the file's \(fileSize)")
    }
    return Chunk(codec: codec, values: values, range: start..<(start + size))
  }
}
