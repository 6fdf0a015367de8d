/// Fields that hold a name from a list that is known here.
extension ConfigFile {
  /// One of the names that `Choice` knows; nil when the key is absent or null.
  package func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String) throws -> Choice? {
    try optional(key, as: String.self).map { try choose(key, $0) }
  }

  /// One of the names that `Choice` knows.
  package func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, default fallback: Choice
  ) throws -> Choice {
    try choice(key) ?? fallback
  }

  /// A list of names that `Choice` knows.
  package func choices<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, default fallback: [Choice]
  ) throws -> [Choice] {
    try optional(key, as: [String].self)?.map { try choose(key, $0) } ?? fallback
  }

  /// Refuses a variant: `key` must be missing, null, or one of `accepted` in its JSON spelling.
  package func refuse(_ key: String, except accepted: String...) throws {
    guard let found = self[key]?.spelling, !accepted.contains(found) else { return }
    let allowed = accepted.isEmpty ? "nothing" : accepted.joined(separator: " or ")
    throw error(key, found: found, expected: "\(allowed), the only variant that is implemented")
  }

  private func choose<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, _ name: String) throws -> Choice {
    guard let choice = Choice(rawValue: name) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(key, found: name, expected: "one of \(known)")
    }
    return choice
  }
}

extension JSONValue {
  /// A plain value without quotes and with whole numbers as such.
  fileprivate var spelling: String {
    if case .string(let text) = self { text } else { Int(json: self).map { "\($0)" } ?? kind }
  }
}
