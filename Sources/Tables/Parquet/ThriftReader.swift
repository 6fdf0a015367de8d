/// A value in Thrift's compact encoding, as Parquet's metadata is written.
indirect enum ThriftValue {
  case bool(Bool)
  case integer(Int64)
  case double
  case bytes(ArraySlice<UInt8>)
  case list([ThriftValue])
  case structure([Int: ThriftValue])

  subscript(_ field: Int) -> ThriftValue? {
    if case .structure(let fields) = self { fields[field] } else { nil }
  }

  var integer: Int? { if case .integer(let value) = self { Int(exactly: value) } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var list: [ThriftValue]? { if case .list(let values) = self { values } else { nil } }
  var text: String? { if case .bytes(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil } }
}

/// Reads Thrift's compact encoding with bounds on everything.
struct ThriftReader {
  struct Failure: Error {
    let reason: String
  }

  private static let depthLimit = 32
  /// More values than the metadata of ten thousands of row groups have; each takes some hundred bytes of memory.
  private static let valueLimit = 1 << 20

  private var values = 0

  /// What is not read yet.
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// A structure by its fields' numbers.
  mutating func structure(depth: Int = 0) throws -> ThriftValue {
    var fields: [Int: ThriftValue] = [:]
    var last = 0
    while true {
      let head = try byte()
      let kind = head & 0xF
      if kind == 0 { return .structure(fields) }
      let step = Int(head >> 4)
      let field = step == 0 ? zigzag(try varint()) : Int64(last + step)
      guard (0...Int64(Int16.max)).contains(field) else {
        throw Failure(reason: "a field has the number \(field), which does not exist")
      }
      last = Int(field)
      // In a field a truth value is its kind.
      fields[last] = kind == 1 || kind == 2 ? .bool(kind == 1) : try value(kind, depth: depth + 1)
    }
  }

  private mutating func value(_ kind: UInt8, depth: Int) throws -> ThriftValue {
    guard depth < Self.depthLimit else { throw Failure(reason: "values lie too deep inside each other") }
    values += 1
    guard values <= Self.valueLimit else { throw Failure(reason: "it has more than \(Self.valueLimit) values") }
    switch kind {
    case 1, 2: return .bool(try byte() == 1)
    case 3: return .integer(Int64(Int8(bitPattern: try byte())))
    case 4, 5, 6: return .integer(zigzag(try varint()))
    case 7:
      _ = try take(8)
      return .double
    case 8:
      let count = try varint()
      guard count <= UInt64(rest.count) else {
        throw Failure(reason: "a text of \(count) bytes is longer than what is there")
      }
      return .bytes(try take(Int(count)))
    case 9, 10: return .list(try elements(depth: depth))
    case 11:
      // A map: nothing that is needed is one.
      let count = try varint()
      guard count > 0 else { return .list([]) }
      guard count <= UInt64(rest.count) else { throw Failure(reason: "a map has \(count) entries, more than bytes") }
      let kinds = try byte()
      for _ in 0..<count {
        _ = try value(kinds >> 4, depth: depth + 1)
        _ = try value(kinds & 0xF, depth: depth + 1)
      }
      return .list([])
    case 12: return try structure(depth: depth)
    default: throw Failure(reason: "a value has the kind \(kind), which does not exist")
    }
  }

  private mutating func elements(depth: Int) throws -> [ThriftValue] {
    let head = try byte()
    let count = head >> 4 == 15 ? try varint() : UInt64(head >> 4)
    // Each takes a byte at least.
    guard count <= UInt64(rest.count) else { throw Failure(reason: "a list has \(count) values, more than bytes") }
    return try (0..<count).map { _ in try value(head & 0xF, depth: depth + 1) }
  }

  private mutating func byte() throws -> UInt8 {
    guard let byte = rest.popFirst() else { throw Failure(reason: "it ends within a value") }
    return byte
  }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard rest.count >= count else { throw Failure(reason: "it ends within a value") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let next = try byte()
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
    }
    throw Failure(reason: "a number does not end")
  }

  private func zigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
}
