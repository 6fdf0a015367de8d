import Foundation

/// The YAML that configurations of latent-diffusion's family are written in: maps and lists by indentation, and
/// scalars.
///
/// Whatever else YAML has (anchors, blocks of text, documents) reads as text or as nothing; nothing fails.
package enum YAMLSubset {
  private struct Line {
    let indent: Int
    let text: Substring
  }

  /// Maps inside each other; real files have six levels.
  private static let depthLimit = 32

  package static func value(of text: String) -> JSONValue {
    let lines = text.split(whereSeparator: \.isNewline).compactMap { line -> Line? in
      let text = withoutComment(line)
      let content = text.drop { $0 == " " }
      guard !content.isEmpty, content != "---" else { return nil }
      return Line(indent: text.count - content.count, text: content)
    }
    return block(lines[...], depth: 0)
  }

  /// Lines of one indentation with what is indented below each.
  private static func block(_ lines: ArraySlice<Line>, depth: Int) -> JSONValue {
    guard let first = lines.first, depth < depthLimit else { return .null }
    if first.text.hasPrefix("-") {
      return .array(
        lines.filter { $0.indent == first.indent && $0.text.hasPrefix("-") }.map {
          scalar($0.text.dropFirst())
        })
    }
    var fields: [String: JSONValue] = [:]
    var rest = lines
    while let line = rest.popFirst() {
      // A list may stand as far to the left as its key.
      let inner = rest.prefix {
        $0.indent > line.indent || $0.indent == line.indent && $0.text.hasPrefix("-")
      }
      rest = rest.dropFirst(inner.count)
      guard let colon = line.text.firstIndex(of: ":") else { continue }
      let (key, value) = (line.text[..<colon], line.text[line.text.index(after: colon)...])
      let written = scalar(value)
      fields[unquoted(key)] =
        written == .null && !inner.isEmpty ? block(inner, depth: depth + 1) : written
    }
    return .object(fields)
  }

  private static func scalar(_ text: Substring) -> JSONValue {
    let text = text.trimmingCharacters(in: .whitespaces)
    if text.hasPrefix("["), text.hasSuffix("]") {
      let items = text.dropFirst().dropLast().split(separator: ",")
      return .array(items.map { scalar($0) })
    }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: break
    }
    if let whole = Int(text) { return .integer(whole) }
    if let number = Double(text), number.isFinite { return .number(number) }
    return .string(unquoted(text[...]))
  }

  private static func unquoted(_ text: Substring) -> String {
    let text = text.trimmingCharacters(in: .whitespaces)
    for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
      return String(text.dropFirst().dropLast())
    }
    return text
  }

  /// The line up to a `#` that begins a word outside of quotes.
  private static func withoutComment(_ line: Substring) -> Substring {
    var quote: Character?
    var before: Character = " "
    for index in line.indices {
      let character = line[index]
      if quote != nil {
        if character == quote { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == "#", before == " " {
        return line[..<index]
      }
      before = character
    }
    return line
  }
}
