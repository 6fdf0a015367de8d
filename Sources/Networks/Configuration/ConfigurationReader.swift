/// Reads one config.json object, key by key, with the defaults of the class that wrote it.
///
/// A key that is missing or null takes the default; every number is checked against a range, so that no later arithmetic on
/// sizes can overflow. Throws `ConfigurationError`, or the decoder's own error when the document is not an object.
struct ConfigurationReader {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  let network: String
  private let container: KeyedDecodingContainer<Key>

  init(_ network: String, _ decoder: any Decoder) throws {
    self.network = network
    container = try decoder.container(keyedBy: Key.self)
  }

  /// A whole number in `range`.
  func integer(_ field: String, or standard: Int, in range: ClosedRange<Int> = 1...65536) throws -> Int {
    try value(field, Int.self, expecting: "a whole number").map { try check(field, $0, range) } ?? standard
  }

  /// A whole number, or a list of them with one for each block.
  func integers(_ field: String, or standard: [Int], in range: ClosedRange<Int> = 1...65536) throws -> [Int] {
    let found = try value(field, OneOrMany.self, expecting: "a whole number or a list of them")
    return try found.map { try $0.values.map { try check(field, $0, range) } } ?? standard
  }

  /// Numbers from 1/64 to 64.
  func factors(_ field: String, or standard: [Double]) throws -> [Double] {
    guard let found = try value(field, [Double].self, expecting: "a list of numbers") else { return standard }
    for factor in found where !(1 / 64...64).contains(factor) {
      throw error(field, found: "\(factor)", expected: "numbers from 1/64 to 64")
    }
    return found
  }

  /// A number above zero.
  func positive(_ field: String, or standard: Float) throws -> Float {
    guard let found = try value(field, Float.self, expecting: "a number") else { return standard }
    guard found.isFinite, found > 0 else { throw error(field, found: "\(found)", expected: "a number above 0") }
    return found
  }

  func flag(_ field: String, or standard: Bool) throws -> Bool {
    try value(field, Bool.self, expecting: "true or false") ?? standard
  }

  /// One of the names that `Choice` knows.
  func choice<Choice: RawRepresentable & CaseIterable>(_ field: String, or standard: Choice) throws -> Choice
  where Choice.RawValue == String {
    guard let name = try value(field, String.self, expecting: "a name") else { return standard }
    return try choose(field, name)
  }

  /// A list of names that `Choice` knows.
  func choices<Choice: RawRepresentable & CaseIterable>(_ field: String, or standard: [Choice]) throws -> [Choice]
  where Choice.RawValue == String {
    guard let names = try value(field, [String].self, expecting: "a list of names") else { return standard }
    return try names.map { try choose(field, $0) }
  }

  /// Refuses a variant: `field` must be missing, null, or one of `accepted` in its JSON spelling.
  func refuse(_ field: String, except accepted: String...) throws {
    let key = Key(field)
    guard container.contains(key), (try? container.decodeNil(forKey: key)) != true else { return }
    let found = spelling(field)
    guard accepted.contains(found) else {
      let allowed = accepted.isEmpty ? "nothing" : accepted.joined(separator: " or ")
      throw error(field, found: found, expected: "\(allowed), the only variant that is implemented")
    }
  }

  func error(_ field: String, found: String, expected: String) -> ConfigurationError {
    ConfigurationError(network, field, found: found, expected: expected)
  }

  private func value<Value: Decodable>(_ field: String, _ type: Value.Type, expecting: String) throws -> Value? {
    do {
      return try container.decodeIfPresent(type, forKey: Key(field))
    } catch {
      // Not always a DecodingError: 2.5 read as a whole number makes one of the decoder's own.
      throw self.error(field, found: spelling(field), expected: expecting)
    }
  }

  private func check(_ field: String, _ value: Int, _ range: ClosedRange<Int>) throws -> Int {
    guard range.contains(value) else {
      throw error(field, found: "\(value)", expected: "\(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private func choose<Choice: RawRepresentable & CaseIterable>(_ field: String, _ name: String) throws -> Choice
  where Choice.RawValue == String {
    guard let choice = Choice(rawValue: name) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(field, found: name, expected: "one of \(known)")
    }
    return choice
  }

  /// What stands under the key, for messages.
  private func spelling(_ field: String) -> String {
    let key = Key(field)
    if let value = try? container.decode(Bool.self, forKey: key) { return "\(value)" }
    if let value = try? container.decode(Int.self, forKey: key) { return "\(value)" }
    if let value = try? container.decode(Double.self, forKey: key) { return "\(value)" }
    if let value = try? container.decode(String.self, forKey: key) { return value }
    return "a list or an object"
  }
}

/// A number that stands for a whole list of the same, or the list.
private struct OneOrMany: Decodable {
  let values: [Int]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let one = try? container.decode(Int.self) {
      values = [one]
    } else {
      values = try container.decode([Int].self)
    }
  }
}
