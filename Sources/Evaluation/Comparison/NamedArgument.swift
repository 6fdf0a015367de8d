/// `NAME=VALUE` as arms and models are given on the command line.
package struct NamedArgument: Sendable, Hashable {
  package let name: String
  package let value: String

  /// Nil without an equals sign or without a name before it.
  package init?(_ text: String) {
    guard let place = text.firstIndex(of: "=") else { return nil }
    let name = text[..<place].filter { !$0.isNewline }
    guard name.contains(where: { !$0.isWhitespace }) else { return nil }
    self.name = String(name)
    value = String(text[text.index(after: place)...])
  }
}
