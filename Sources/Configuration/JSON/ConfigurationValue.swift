/// A type that a field of a configuration is read as.
package protocol ConfigurationValue {
  /// Words for the expected value in messages: one of it, several of it.
  static var words: (one: String, many: String) { get }

  /// - Returns: nil when `json` is of another kind.
  init?(json: JSONValue)
}

extension Int: ConfigurationValue {
  package static let words = (one: "a whole number", many: "whole numbers")

  package init?(json: JSONValue) {
    switch json {
    case .integer(let value): self = value
    // Python writes some counts as 4.0.
    case .number(let value): self.init(exactly: value)
    default: return nil
    }
  }
}

extension Double: ConfigurationValue {
  package static let words = (one: "a number", many: "numbers")

  package init?(json: JSONValue) {
    switch json {
    case .integer(let value): self.init(value)
    case .number(let value): self = value
    default: return nil
    }
  }
}

extension Bool: ConfigurationValue {
  package static let words = (one: "true or false", many: "trues and falses")

  package init?(json: JSONValue) {
    guard case .bool(let value) = json else { return nil }
    self = value
  }
}

extension String: ConfigurationValue {
  package static let words = (one: "a string", many: "strings")

  package init?(json: JSONValue) {
    guard case .string(let value) = json else { return nil }
    self = value
  }
}

extension Array: ConfigurationValue where Element: ConfigurationValue {
  package static var words: (one: String, many: String) {
    ("a list of \(Element.words.many)", "lists of \(Element.words.many)")
  }

  package init?(json: JSONValue) {
    guard case .array(let elements) = json else { return nil }
    let values = elements.compactMap { Element(json: $0) }
    guard values.count == elements.count else { return nil }
    self = values
  }
}

extension [String: JSONValue]: ConfigurationValue {
  package static var words: (one: String, many: String) { ("an object", "objects") }

  package init?(json: JSONValue) {
    guard case .object(let fields) = json else { return nil }
    self = fields
  }
}
