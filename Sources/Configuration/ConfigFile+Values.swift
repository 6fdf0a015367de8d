/// The ways to read a field: a key that is missing or null takes the default, and is an error where there is none.
extension ConfigFile {
  // MARK: Any type

  /// The value of `key`; nil when it is absent or null.
  package func optional<Value: ConfigurationValue>(_ key: String, as type: Value.Type = Value.self) throws -> Value? {
    guard let found = self[key] else { return nil }
    guard let value = Value(json: found) else { throw error(key, expected: Value.words.one) }
    return value
  }

  /// The value of `key`, or the default.
  package func value<Value: ConfigurationValue>(
    _ key: String, as type: Value.Type = Value.self, default fallback: Value? = nil
  ) throws -> Value {
    guard let value = try optional(key) ?? fallback else {
      throw ConfigurationError.missingKey(file: file, key: full(key))
    }
    return value
  }

  /// All fields as values of one type.
  package func all<Value: ConfigurationValue>(_ type: Value.Type = Value.self) throws -> [String: Value] {
    var values: [String: Value] = [:]
    values.reserveCapacity(fields.count)
    for (key, found) in fields {
      guard let value = Value(json: found) else { throw error(key, expected: Value.words.one) }
      values[key] = value
    }
    return values
  }

  // MARK: Plain values

  package func bool(_ key: String, default fallback: Bool? = nil) throws -> Bool { try value(key, default: fallback) }

  package func string(_ key: String, default fallback: String? = nil) throws -> String {
    try value(key, default: fallback)
  }

  package func strings(_ key: String, default fallback: [String]? = nil) throws -> [String] {
    try value(key, default: fallback)
  }

  // MARK: Numbers

  package func number(_ key: String, default fallback: Double? = nil) throws -> Double {
    try value(key, default: fallback)
  }

  package func numbers(_ key: String, default fallback: [Double]? = nil) throws -> [Double] {
    try value(key, default: fallback)
  }

  /// A number above zero.
  package func positive(_ key: String, default fallback: Float) throws -> Float {
    guard let found = try optional(key, as: Double.self).map({ Float($0) }) else { return fallback }
    guard found.isFinite, found > 0 else { throw error(key, found: "\(found)", expected: "a number above 0") }
    return found
  }

  /// A whole number in `range`.
  package func integer(
    _ key: String, default fallback: Int? = nil, in range: ClosedRange<Int> = .min ... .max
  ) throws -> Int {
    try check(key, value(key, default: fallback), range)
  }

  /// A whole number, or a list of them with one for each block.
  package func integers(
    _ key: String, default fallback: [Int]? = nil, in range: ClosedRange<Int> = .min ... .max
  ) throws -> [Int] {
    try value(key, default: fallback.map { OneOrMany(values: $0) }).values.map { try check(key, $0, range) }
  }

  /// A count or width, so bounded that no later arithmetic on sizes can overflow.
  package func size(_ key: String, default fallback: Int) throws -> Int {
    try integer(key, default: fallback, in: Self.sizes)
  }

  /// A count or width, or a list of them with one for each block.
  package func sizes(_ key: String, default fallback: [Int]) throws -> [Int] {
    try integers(key, default: fallback, in: Self.sizes)
  }

  private static let sizes = 1...65536

  private func check(_ key: String, _ value: Int, _ range: ClosedRange<Int>) throws -> Int {
    guard range.contains(value) else {
      throw error(key, found: "\(value)", expected: "\(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

/// A number that stands for a whole list of the same, or the list.
private struct OneOrMany: ConfigurationValue {
  static let words = (one: "a whole number or a list of them", many: "whole numbers or lists of them")
  let values: [Int]

  init(values: [Int]) { self.values = values }

  init?(json: JSONValue) {
    guard let values = Int(json: json).map({ [$0] }) ?? [Int](json: json) else { return nil }
    self.values = values
  }
}
