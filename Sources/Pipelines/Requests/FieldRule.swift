/// Rule for one field of a request: how it is read from JSON, and which values it may have.
struct FieldRule<Request, Key: CodingKey> {
  /// Reads the field if it is there.
  let read: (inout Request, KeyedDecodingContainer<Key>, Key) throws -> Void
  /// The value and what it should be, where it is out of range.
  let problem: (Request) -> (found: String, expected: String)?

  /// A field that may have any value.
  init<Value: Decodable>(_ field: WritableKeyPath<Request, Value>) { self.init(field) { _ in nil } }

  /// A number within a range.
  init<Number: Decodable & Comparable>(_ field: WritableKeyPath<Request, Number>, _ range: ClosedRange<Number>) {
    self.init(field) { Self.problem($0, range) }
  }

  /// A number within a range, or nothing.
  init<Number: Decodable & Comparable>(_ field: WritableKeyPath<Request, Number?>, _ range: ClosedRange<Number>) {
    self.init(field) { $0.flatMap { Self.problem($0, range) } }
  }

  /// A file, or a value of one of these kinds in memory.
  init(_ field: WritableKeyPath<Request, FileReference>, inMemory kinds: [MemoryValue.Kind]) {
    self.init(field) { $0.problem(taking: kinds) }
  }

  /// A file, or a value of one of these kinds in memory, or nothing.
  init(_ field: WritableKeyPath<Request, FileReference?>, inMemory kinds: [MemoryValue.Kind]) {
    self.init(field) { $0?.problem(taking: kinds) }
  }

  /// Files, or values of these kinds in memory.
  init(_ field: WritableKeyPath<Request, [FileReference]>, inMemory kinds: [MemoryValue.Kind]) {
    self.init(field) { $0.lazy.compactMap { $0.problem(taking: kinds) }.first }
  }

  private init<Value: Decodable>(
    _ field: WritableKeyPath<Request, Value>, problem: @escaping (Value) -> (found: String, expected: String)?
  ) {
    read = { request, values, key in
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { request[keyPath: field] = value }
    }
    self.problem = { problem($0[keyPath: field]) }
  }

  private static func problem<Number: Comparable>(
    _ value: Number, _ range: ClosedRange<Number>
  ) -> (found: String, expected: String)? {
    guard !range.contains(value) else { return nil }
    let what = value is any BinaryInteger ? "a whole number" : "a number"
    return ("\(value)", "\(what) from \(range.lowerBound) to \(range.upperBound)")
  }
}

/// A request with a rule for every field.
protocol Ruled {
  associatedtype CodingKeys: CodingKey & CaseIterable
  typealias Rule = FieldRule<Self, CodingKeys>

  static func rule(_ key: CodingKeys) -> Rule
}

extension Ruled {
  /// Reads the fields that are there; the others stay as they are.
  mutating func read(_ decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    for key in CodingKeys.allCases { try Self.rule(key).read(&self, values, key) }
  }

  /// Refuses numbers out of range, and values in memory that a field cannot hold.
  ///
  /// - Throws: `RequestError`.
  func checkRanges() throws {
    for key in CodingKeys.allCases {
      guard let problem = Self.rule(key).problem(self) else { continue }
      throw RequestError(RequestField(named: key), found: problem.found, expected: problem.expected)
    }
  }
}
