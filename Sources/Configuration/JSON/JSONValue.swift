package import Foundation

/// Any JSON value.
///
/// Numbers that are written as whole numbers and fit stay whole.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  /// May be infinite or NaN: Python writes those without quotes.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// - Throws: `ConfigurationError.invalidJSON`, which names `file`.
  package init(parsing data: Data, file: String) throws {
    do {
      self = try data.withUnsafeBytes { bytes in
        var scanner = JSONScanner(bytes)
        scanner.skipByteOrderMark()
        let value = try JSONValue(&scanner)
        try scanner.expectEnd()
        return value
      }
    } catch let error as JSONScanner.Failure {
      throw ConfigurationError.invalidJSON(file: file, reason: error.reason, byte: error.byte)
    }
  }

  init(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) {
    switch scanner.peek() {
    case UInt8(ascii: "{"):
      self = .object(try scanner.object { _, scanner throws(JSONScanner.Failure) in try JSONValue(&scanner) })
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try scanner.array { scanner throws(JSONScanner.Failure) in elements.append(try JSONValue(&scanner)) }
      self = .array(elements)
    case UInt8(ascii: "\""): self = .string(try scanner.string())
    case nil: throw scanner.failure("the text ends where a value should be")
    case let byte? where 0x30...0x39 ~= byte: self.init(number: try scanner.number())
    default:
      if scanner.take("null") {
        self = .null
      } else if scanner.take("true") {
        self = .bool(true)
      } else if scanner.take("false") {
        self = .bool(false)
      } else if scanner.take("NaN") {
        self = .number(.nan)
      } else if scanner.take("Infinity") {
        self = .number(.infinity)
      } else if scanner.take("-Infinity") {
        self = .number(-.infinity)
      } else {
        self.init(number: try scanner.number())
      }
    }
  }

  private init(number text: String) {
    if let whole = Int(text) {
      self = .integer(whole)
    } else if UInt64(text) != nil {
      // A seed may be as large; as a number it would lose its last digits.
      self = .string(text)
    } else {
      self = .number(Double(text) ?? .nan)
    }
  }

  /// The value under `key`, of an object that has it.
  package subscript(_ key: String) -> JSONValue? {
    if case .object(let fields) = self { fields[key] } else { nil }
  }

  /// The value, or its kind in words, for messages.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "\"\(value.prefix(60))\""
    case .array(let elements): "a list of \(elements.count)"
    case .object: "an object"
    }
  }
}
