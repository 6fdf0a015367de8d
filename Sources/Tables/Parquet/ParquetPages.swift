/// The pages of a column in one row group, one after the other, to its values.
struct ParquetPages {
  enum Failure: Error {
    case damaged(String)
    case unsupported(String)
  }

  /// Writers make pages of a megabyte.
  private static let pageLimit = 64 << 20

  private var rest: ArraySlice<UInt8>
  private let column: ParquetMetadata.Column
  private let codec: ParquetMetadata.Codec
  private let rows: Int
  private var dictionary: [String] = []

  init(
    _ bytes: ArraySlice<UInt8>, _ column: ParquetMetadata.Column, _ codec: ParquetMetadata.Codec, rows: Int
  ) {
    (rest, self.column, self.codec, self.rows) = (bytes, column, codec, rows)
  }

  /// The values of all rows, nil where a row has none.
  mutating func values() throws -> [String?] {
    var values: [String?] = []
    while values.count < rows {
      guard !rest.isEmpty else {
        throw Failure.damaged("the pages end after \(values.count) of \(rows) rows")
      }
      var reader = ThriftReader(rest)
      let header = try reader.structure()
      rest = reader.rest
      guard let kind = header[1]?.integer, let full = header[2]?.integer, let packed = header[3]?.integer,
        full >= 0, packed >= 0, packed <= rest.count
      else { throw Failure.damaged("a page's size is not told, or leads out of the column") }
      guard full <= Self.pageLimit else {
        throw Failure.unsupported("a page of \(full) bytes (more than \(Self.pageLimit))")
      }
      let body = rest.prefix(packed)
      rest = rest.dropFirst(packed)
      switch kind {
      case 0: values += try plainPage(header[5], body, full, left: rows - values.count)
      case 2: try readDictionary(header[7], body, full)
      case 3: values += try secondPage(header[8], body, full, left: rows - values.count)
      // An index.
      case 1: continue
      default: throw Failure.damaged("a page has the kind \(kind), which does not exist")
      }
    }
    return values
  }

  private mutating func readDictionary(_ header: ThriftValue?, _ body: ArraySlice<UInt8>, _ full: Int) throws {
    guard let count = header?[1]?.integer, let encoding = header?[2]?.integer else {
      throw Failure.damaged("a dictionary does not say how many values it has")
    }
    guard (0...rows).contains(count) else {
      throw Failure.damaged("a dictionary has \(count) values for \(rows) rows")
    }
    guard encoding == 0 || encoding == 2 else {
      throw Failure.unsupported("a dictionary encoded as \(ParquetEncoding.name(encoding))")
    }
    var reader = ParquetValues(try codec.unpacked(body, count: full)[...], column.kind)
    dictionary = try reader.plain(count)
  }

  /// A page of the first version: levels and values packed together.
  private func plainPage(_ header: ThriftValue?, _ body: ArraySlice<UInt8>, _ full: Int, left: Int) throws -> [String?]
  {
    guard let count = header?[1]?.integer, (0...left).contains(count), let encoding = header?[2]?.integer else {
      throw Failure.damaged("a page does not say how many values it has, or has more than there are rows")
    }
    var bytes = try codec.unpacked(body, count: full)[...]
    var levels: [Int]?
    if column.isOptional {
      guard bytes.count >= 4 else { throw Failure.damaged("a page ends before its levels") }
      let size = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      bytes = bytes.dropFirst(4)
      guard size <= bytes.count else { throw Failure.damaged("a page's levels are longer than the page") }
      levels = try RunLengths.values(bytes.prefix(size), width: 1, count: count)
      bytes = bytes.dropFirst(size)
    }
    return try spread(bytes, encoding, count, levels)
  }

  /// A page of the second version: levels before the packed values.
  private func secondPage(_ header: ThriftValue?, _ body: ArraySlice<UInt8>, _ full: Int, left: Int) throws -> [String?]
  {
    guard let count = header?[1]?.integer, (0...left).contains(count), let encoding = header?[4]?.integer,
      let levelBytes = header?[5]?.integer, let repetitionBytes = header?[6]?.integer, levelBytes >= 0,
      repetitionBytes >= 0, levelBytes <= body.count, repetitionBytes <= body.count - levelBytes
    else { throw Failure.damaged("a page of the second version does not say what is in it") }
    let levels =
      column.isOptional
      ? try RunLengths.values(
        body.dropFirst(repetitionBytes).prefix(levelBytes), width: 1, count: count) : nil
    let before = levelBytes + repetitionBytes
    guard before <= full else { throw Failure.damaged("a page's levels are longer than the page") }
    let packed = body.dropFirst(before)
    let bytes = header?[7]?.bool == false ? Array(packed) : try codec.unpacked(packed, count: full - before)
    return try spread(bytes[...], encoding, count, levels)
  }

  /// Values put where the levels say that there are some.
  private func spread(_ bytes: ArraySlice<UInt8>, _ encoding: Int, _ count: Int, _ levels: [Int]?) throws -> [String?] {
    let present = levels?.count { $0 > 0 } ?? count
    var reader = ParquetValues(bytes, column.kind)
    let values: [String]
    switch encoding {
    case 0: values = try reader.plain(present)
    case 2, 8:
      values = try reader.indices(present).map { index in
        guard dictionary.indices.contains(index) else {
          throw Failure.damaged("a value is number \(index) of a dictionary of \(dictionary.count)")
        }
        return dictionary[index]
      }
    case 3 where column.kind == .boolean: values = try reader.packedBooleans(present)
    default: throw Failure.unsupported("values encoded as \(ParquetEncoding.name(encoding))")
    }
    guard let levels else { return values }
    var next = values.makeIterator()
    return levels.map { $0 > 0 ? next.next() : nil }
  }
}

/// The names of encodings, for messages.
enum ParquetEncoding {
  private static let names = [
    0: "PLAIN", 2: "PLAIN_DICTIONARY", 3: "RLE", 4: "BIT_PACKED", 5: "DELTA_BINARY_PACKED",
    6: "DELTA_LENGTH_BYTE_ARRAY",
    7: "DELTA_BYTE_ARRAY", 8: "RLE_DICTIONARY", 9: "BYTE_STREAM_SPLIT",
  ]

  static func name(_ number: Int) -> String { names[number] ?? "number \(number)" }
}
