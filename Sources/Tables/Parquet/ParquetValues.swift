/// Values of a page as texts.
struct ParquetValues {
  private var rest: ArraySlice<UInt8>
  private let kind: ParquetMetadata.Kind?

  init(_ bytes: ArraySlice<UInt8>, _ kind: ParquetMetadata.Kind?) { (rest, self.kind) = (bytes, kind) }

  /// Values as they are, one after the other.
  mutating func plain(_ count: Int) throws -> [String] {
    guard count >= 0, count <= 8 * max(1, rest.count) else {
      throw ParquetPages.Failure.damaged("\(count) values do not fit in \(rest.count) bytes")
    }
    if kind == .boolean {
      let bytes = try take((count + 7) / 8)
      return (0..<count).map { bytes[bytes.startIndex + $0 / 8] >> UInt8($0 % 8) & 1 == 1 ? "true" : "false" }
    }
    return try (0..<count).map { _ in try one() }
  }

  private mutating func one() throws -> String {
    switch kind {
    case .bytes:
      let count = Int(try number(4))
      guard let text = String(validating: try take(count), as: UTF8.self) else {
        throw ParquetPages.Failure.damaged("a value is no UTF-8 text")
      }
      return text
    case .int32: return "\(Int32(truncatingIfNeeded: try number(4)))"
    case .int64: return "\(Int64(bitPattern: try number(8)))"
    case .float: return "\(Float(bitPattern: UInt32(truncatingIfNeeded: try number(4))))"
    case .double: return "\(Double(bitPattern: try number(8)))"
    case .boolean, .int96, .fixedBytes, nil: throw ParquetPages.Failure.unsupported("values of another type")
    }
  }

  /// Numbers of a dictionary: a byte with their width in bits, then runs.
  mutating func indices(_ count: Int) throws -> [Int] {
    guard count > 0 else { return [] }
    let width = Int(try number(1))
    guard width <= 32 else { throw ParquetPages.Failure.damaged("numbers of a dictionary are \(width) bits wide") }
    return try RunLengths.values(rest, width: width, count: count)
  }

  /// Truth values in runs, behind their size.
  mutating func packedBooleans(_ count: Int) throws -> [String] {
    let size = Int(try number(4))
    return try RunLengths.values(try take(size), width: 1, count: count).map { $0 == 1 ? "true" : "false" }
  }

  private mutating func number(_ size: Int) throws -> UInt64 {
    try take(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw ParquetPages.Failure.damaged("a page ends within a value") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}

/// Parquet's hybrid of repeated and of packed whole numbers.
enum RunLengths {
  /// - Parameter width: bits of a number, at most 32.
  static func values(_ bytes: ArraySlice<UInt8>, width: Int, count: Int) throws -> [Int] {
    func ended() -> ParquetPages.Failure { .damaged("runs of numbers end after too few") }
    var (values, rest): ([Int], ArraySlice<UInt8>) = ([], bytes)
    values.reserveCapacity(min(count, 1 << 20))
    let wide = (width + 7) / 8
    while values.count < count {
      var head = 0
      for shift in stride(from: 0, through: 28, by: 7) {
        guard let byte = rest.popFirst() else { throw ended() }
        head |= Int(byte & 0x7F) << shift
        if byte < 0x80 { break }
        if shift == 28 { throw ParquetPages.Failure.damaged("a run's length does not end") }
      }
      if head & 1 == 0 {
        guard rest.count >= wide else { throw ended() }
        let value = rest.prefix(wide).reversed().reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(wide)
        guard head > 0 else { throw ParquetPages.Failure.damaged("a run is empty") }
        values += repeatElement(value, count: min(head >> 1, count - values.count))
      } else {
        // Groups of eight; the last may be cut where its values are not needed.
        let packed = rest.prefix((head >> 1) * width)
        rest = rest.dropFirst(packed.count)
        let wanted = min((head >> 1) * 8, count - values.count)
        guard wanted > 0, packed.count * 8 >= wanted * width else { throw ended() }
        for index in 0..<wanted {
          var value = 0
          for bit in 0..<width {
            let place = index * width + bit
            value |= Int(packed[packed.startIndex + place / 8] >> UInt8(place % 8) & 1) << bit
          }
          values.append(value)
        }
      }
    }
    return values
  }
}
