/// A request that cannot be followed: one value, what it should have been, and why.
public struct RequestError: Error, Hashable, CustomStringConvertible {
  /// The option as the command line spells it.
  public let option: String
  /// What was asked for.
  public let found: String
  /// What would have been possible, and where from.
  public let expected: String

  package init(_ option: String, found: String, expected: String) {
    self.option = option
    self.found = found
    self.expected = expected
  }

  /// One sentence with both sides.
  public var description: String { "\(option) is \(found); expected \(expected)." }
}
