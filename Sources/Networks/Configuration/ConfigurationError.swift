/// A network's configuration that cannot be followed: a value of the wrong type, out of range, at odds with another one, or
/// asking for a variant that this package does not have.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
  /// The class that was being configured, as diffusers or transformers name it.
  package let network: String
  /// The key in config.json.
  package let field: String
  package let found: String
  package let expected: String

  package init(_ network: String, _ field: String, found: String, expected: String) {
    self.network = network
    self.field = field
    self.found = found
    self.expected = expected
  }

  package var description: String {
    "\(network): the configuration says \(field) = \(found), expected \(expected). "
      + "Check the config.json beside the weights; the two must belong to the same model."
  }
}
