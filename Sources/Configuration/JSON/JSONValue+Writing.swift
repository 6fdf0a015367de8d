extension JSONValue {
  /// The value as JSON text with sorted keys; numbers that are not finite are written bare, as Python does.
  ///
  /// - Parameters:
  ///   - indent: spaces for each level, or nil for a single line.
  ///   - quotingNonFinite: writes those numbers as strings, for readers that keep to the standard.
  package func text(indent: Int? = nil, quotingNonFinite: Bool = false) -> String {
    var text = ""
    write(to: &text, indent: indent, level: 0, quotingNonFinite: quotingNonFinite)
    return text
  }

  private func write(to text: inout String, indent: Int?, level: Int, quotingNonFinite: Bool) {
    func list(_ open: String, _ close: String, _ count: Int, _ item: (Int, inout String) -> Void) {
      text += open
      for index in 0..<count {
        if index > 0 { text += indent == nil ? ", " : "," }
        if let indent { text += "\n" + String(repeating: " ", count: indent * (level + 1)) }
        item(index, &text)
      }
      if let indent, count > 0 { text += "\n" + String(repeating: " ", count: indent * level) }
      text += close
    }

    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value) where value.isFinite: text += "\(value)"
    case .number(let value):
      let name = value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
      text += quotingNonFinite ? "\"\(name)\"" : name
    case .string(let value): text += Self.quoted(value)
    case .array(let elements):
      list("[", "]", elements.count) { index, text in
        elements[index].write(to: &text, indent: indent, level: level + 1, quotingNonFinite: quotingNonFinite)
      }
    case .object(let members):
      let keys = members.keys.sorted()
      list("{", "}", keys.count) { index, text in
        text += Self.quoted(keys[index]) + ": "
        (members[keys[index]] ?? .null)
          .write(to: &text, indent: indent, level: level + 1, quotingNonFinite: quotingNonFinite)
      }
    }
  }

  /// `string` in quotes with what JSON must escape escaped.
  static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
