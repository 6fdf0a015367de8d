package import Foundation

/// A JSON object from a file, read key by key with errors that name both.
///
/// A key whose value is null counts as absent: Python writes `None` for what is left to the default.
package struct ConfigFile: Sendable, Hashable {
  /// Real configurations have a few kilobytes; the index of a sharded model some hundred.
  package static let sizeLimit = 16 << 20

  package let file: String
  package let fields: [String: JSONValue]
  /// The dotted keys that lead to this object; empty for the whole file.
  private let path: String

  /// - Throws: `ConfigError`.
  package init(path: String) throws {
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      data = try handle.read(upToCount: Self.sizeLimit + 1) ?? Data()
    } catch {
      throw ConfigError.unreadable(file: path, reason: error.localizedDescription)
    }
    guard data.count <= Self.sizeLimit else {
      throw ConfigError.tooLarge(file: path, bytes: data.count, limit: Self.sizeLimit)
    }
    try self.init(parsing: data, file: path)
  }

  /// - Throws: `ConfigError`.
  package init(parsing data: Data, file: String) throws {
    let value = try JSONValue(parsing: data, file: file)
    guard case .object(let fields) = value else {
      throw ConfigError.refused(file: file, reason: "It holds \(value.kind), not a JSON object.")
    }
    self.init(file: file, fields: fields)
  }

  package init(file: String, fields: [String: JSONValue], path: String = "") {
    (self.file, self.fields, self.path) = (file, fields, path)
  }

  // MARK: Single values

  /// The value of `key`; nil when it is absent or null.
  package subscript(_ key: String) -> JSONValue? { fields[key].flatMap { $0 == .null ? nil : $0 } }

  package func integer(_ key: String, default fallback: Int? = nil) throws -> Int {
    try value(key, "a whole number", fallback) { $0.integer }
  }

  package func number(_ key: String, default fallback: Double? = nil) throws -> Double {
    try value(key, "a number", fallback) { $0.number }
  }

  package func bool(_ key: String, default fallback: Bool? = nil) throws -> Bool {
    try value(key, "true or false", fallback) { $0.bool }
  }

  package func string(_ key: String, default fallback: String? = nil) throws -> String {
    try value(key, "a string", fallback) { $0.string }
  }

  // MARK: Lists and objects

  package func integers(_ key: String, default fallback: [Int]? = nil) throws -> [Int] {
    try value(key, "a list of whole numbers", fallback) { $0.elements { $0.integer } }
  }

  package func numbers(_ key: String, default fallback: [Double]? = nil) throws -> [Double] {
    try value(key, "a list of numbers", fallback) { $0.elements { $0.number } }
  }

  package func strings(_ key: String, default fallback: [String]? = nil) throws -> [String] {
    try value(key, "a list of strings", fallback) { $0.elements { $0.string } }
  }

  /// The object under `key`, read the same way.
  package func section(_ key: String) throws -> ConfigFile {
    let fields: [String: JSONValue] = try value(key, "an object", nil) {
      if case .object(let fields) = $0 { fields } else { nil }
    }
    return ConfigFile(file: file, fields: fields, path: full(key))
  }

  private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func value<Value>(
    _ key: String, _ expected: String, _ fallback: Value?, _ convert: (JSONValue) -> Value?
  ) throws -> Value {
    guard let found = self[key] else {
      guard let fallback else { throw ConfigError.missingKey(file: file, key: full(key)) }
      return fallback
    }
    guard let value = convert(found) else {
      throw ConfigError.wrongValue(file: file, key: full(key), found: found.kind, expected: expected)
    }
    return value
  }
}

extension JSONValue {
  fileprivate var integer: Int? {
    switch self {
    case .integer(let value): value
    // Python writes some counts as 4.0.
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  fileprivate var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  fileprivate var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  fileprivate var string: String? { if case .string(let value) = self { value } else { nil } }

  fileprivate func elements<Value>(_ convert: (JSONValue) -> Value?) -> [Value]? {
    guard case .array(let elements) = self else { return nil }
    let values = elements.compactMap(convert)
    return values.count == elements.count ? values : nil
  }
}
