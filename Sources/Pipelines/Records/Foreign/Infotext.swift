import Foundation
import NegativeSpaceConfiguration

extension ForeignSettings {
  /// Reads the text that the A1111 web UI writes: the prompt, behind `Negative prompt:` the other one, each of several
  /// lines if need be, and a last line of `Name: value, Name: "value, quoted"` (`infotext_utils.parse_generation_parameters`).
  ///
  /// - Returns: nil where the last line is no line of settings.
  init?(infotext: String) {
    self.init(.a1111)
    var lines = infotext.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    guard let last = lines.popLast() else { return nil }
    fields = Self.fields(in: last)
    // Fewer, and it is a line of the prompt that happens to have colons.
    guard fields.count >= 3 else { return nil }

    let mark = "Negative prompt:"
    var texts: [[Substring]] = [[], []]
    var isNegative = false
    for line in lines {
      var line = line.trimming(while: \.isWhitespace)
      if line.hasPrefix(mark) {
        isNegative = true
        line = line.dropFirst(mark.count).trimming(while: \.isWhitespace)
      }
      texts[isNegative ? 1 : 0].append(line)
    }
    (prompt, negativePrompt) = (texts[0].joined(separator: "\n"), texts[1].joined(separator: "\n"))
  }

  private static func fields(in line: Substring) -> [Field] {
    var found: [Field] = []
    var rest = line
    while !rest.isEmpty {
      rest = rest.drop { $0 == "," || $0.isWhitespace }
      let name = rest.prefix { $0.isLetter || $0.isNumber || "_ -/".contains($0) }
      guard name.count > 1, rest[name.endIndex...].first == ":" else {
        rest = rest.drop { $0 != "," }
        continue
      }
      rest = rest[name.endIndex...].dropFirst().drop { $0.isWhitespace }
      let value: String
      if let end = endOfQuoted(rest), let text = unquoted(rest[..<end]) {
        value = text
        rest = rest[end...]
      } else {
        value = String(rest.prefix { $0 != "," }.trimming(while: \.isWhitespace))
        rest = rest.drop { $0 != "," }
      }
      found.append(Field(name: String(name), value: value))
    }
    return found
  }

  /// Behind the quotation mark that ends a value in quotes; nil where it is in none.
  private static func endOfQuoted(_ text: Substring) -> Substring.Index? {
    guard text.first == "\"" else { return nil }
    var index = text.index(after: text.startIndex)
    while index < text.endIndex, text[index] != "\"" {
      if text[index] == "\\" { index = text.index(after: index) }
      guard index < text.endIndex else { return nil }
      index = text.index(after: index)
    }
    return index < text.endIndex ? text.index(after: index) : nil
  }

  private static func unquoted(_ text: Substring) -> String? {
    guard case .string(let value)? = try? JSONValue(parsing: Data(text.utf8), file: "") else { return nil }
    return value
  }
}

extension Substring {
  /// Without what `isLeftOut` holds for, at both ends.
  fileprivate func trimming(while isLeftOut: (Character) -> Bool) -> Substring {
    let front = drop(while: isLeftOut)
    guard let last = front.lastIndex(where: { !isLeftOut($0) }) else { return front.prefix(0) }
    return front[...last]
  }
}
