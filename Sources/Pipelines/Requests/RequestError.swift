/// A request that cannot be followed: one value, what it should have been, and why.
public struct RequestError: Error, Hashable, CustomStringConvertible {
  /// The field with the value.
  public let field: RequestField
  /// The value that was asked for.
  public let found: String
  /// The values that are possible, and where they come from.
  public let expected: String

  package init(_ field: RequestField, found: String, expected: String) {
    self.field = field
    self.found = found
    self.expected = expected
  }

  package init(_ key: GenerationRequest.CodingKeys, found: String, expected: String) {
    self.init(RequestField(key), found: found, expected: expected)
  }

  package init(_ companion: RequestField.Companion, found: String, expected: String) {
    self.init(RequestField(companion), found: found, expected: expected)
  }

  /// One sentence with both sides.
  public var description: String { "\(field.name) is \(found); expected \(expected)." }

  /// The same sentence with the fields as a front end spells them.
  public func message(spelling: (RequestField) -> String) -> String {
    "\(spelling(field)) is " + RequestField.spell("\(found); expected \(expected).", by: spelling)
  }
}
