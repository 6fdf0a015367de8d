/// What a GGUF file says of itself: keys with texts, numbers, and short lists of whole numbers; all else is passed over.
struct GGUFValues {
  private(set) var texts: [String: String] = [:]
  private var numbers: [String: Int] = [:]
  private var lists: [String: [Int]] = [:]

  /// Longer lists are vocabularies and the like.
  private static let listLimit = 16
  /// Bytes of the longest text that is kept.
  private static let textLimit = 1 << 16
  /// Of lists within lists.
  private static let depthLimit = 4

  /// The kinds of values, by the format's numbers for them.
  private enum Kind: UInt32 {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, text, list, uint64, int64, float64

    /// Bytes of a value; nil for those that say so themselves.
    var byteCount: Int? {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16: 2
      case .uint32, .int32, .float32: 4
      case .uint64, .int64, .float64: 8
      case .text, .list: nil
      }
    }
  }

  /// - Throws: `ByteFailure` for what is no such list of keys, or ends too early.
  init(_ cursor: inout ByteCursor, count: Int) throws(ByteFailure) {
    for _ in 0..<count {
      let start = cursor.position
      let key = cursor.text(try cursor.take(cursor.count(UInt64.self)))
      guard texts[key] == nil, numbers[key] == nil, lists[key] == nil else {
        throw ByteFailure(reason: "the key \(key.prefix(60)) is there twice", byte: start)
      }
      let kind = try Self.kind(&cursor)
      switch kind {
      case .text:
        let place = try cursor.take(cursor.count(UInt64.self))
        if place.count <= Self.textLimit { texts[key] = cursor.text(place) }
      case .list: lists[key] = try Self.list(&cursor, depth: 1)
      default: numbers[key] = try Self.number(kind, &cursor)
      }
    }
  }

  /// A whole number that fits this machine.
  func number(_ key: String) -> Int? { numbers[key] }

  /// A list of whole numbers.
  func list(_ key: String) -> [Int]? { lists[key] }

  private static func kind(_ cursor: inout ByteCursor) throws(ByteFailure) -> Kind {
    let start = cursor.position
    let number = try cursor.number(UInt32.self)
    guard let kind = Kind(rawValue: number) else {
      throw ByteFailure(reason: "a value of the unknown kind \(number)", byte: start)
    }
    return kind
  }

  private static func number(_ kind: Kind, _ cursor: inout ByteCursor) throws(ByteFailure) -> Int? {
    switch kind {
    case .uint8, .bool: Int(try cursor.number(UInt8.self))
    case .int8: Int(try cursor.number(Int8.self))
    case .uint16: Int(try cursor.number(UInt16.self))
    case .int16: Int(try cursor.number(Int16.self))
    case .uint32: Int(try cursor.number(UInt32.self))
    case .int32: Int(try cursor.number(Int32.self))
    case .uint64: Int(exactly: try cursor.number(UInt64.self))
    case .int64: Int(try cursor.number(Int64.self))
    case .float32, .float64, .text, .list:
      try passed(kind, &cursor)
    }
  }

  private static func passed(_ kind: Kind, _ cursor: inout ByteCursor) throws(ByteFailure) -> Int? {
    _ = try cursor.take(kind.byteCount ?? 0)
    return nil
  }

  /// - Returns: the numbers; nil for a list of something else, or a long one.
  private static func list(_ cursor: inout ByteCursor, depth: Int) throws(ByteFailure) -> [Int]? {
    let kind = try kind(&cursor)
    let count = try cursor.count(UInt64.self)
    if let width = kind.byteCount, count > listLimit {
      let (bytes, overflow) = count.multipliedReportingOverflow(by: width)
      guard !overflow else { throw cursor.failure("a list of \(count) values") }
      _ = try cursor.take(bytes)
      return nil
    }
    var numbers: [Int] = []
    // Every value takes a byte at least, so that a list ends with its file.
    for _ in 0..<count {
      switch kind {
      case .text: _ = try cursor.take(cursor.count(UInt64.self))
      case .list:
        guard depth < depthLimit else { throw cursor.failure("lists within lists, deeper than \(depthLimit)") }
        _ = try list(&cursor, depth: depth + 1)
      default: if let number = try number(kind, &cursor) { numbers.append(number) }
      }
    }
    return numbers.count == count ? numbers : nil
  }
}
