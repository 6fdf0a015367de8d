/// A part of a prompt and how strongly it is meant; 1 is plain.
package struct WeightedText: Sendable, Hashable {
  package var text: String
  package var weight: Double

  package init(_ text: String, weight: Double = 1) { (self.text, self.weight) = (text, weight) }
}

extension WeightedText {
  /// Reads the A1111 web UI's attention syntax: the prompt's sections, which `BREAK` separates, as parts of equal
  /// weight.
  ///
  /// `(x)` weighs 1.1 times as much, `(x:1.5)` 1.5 times, white space around the number or not, `[x]` 1.1 times less;
  /// nesting multiplies, and what is not closed reaches to the prompt's end. `\` before a bracket or another `\` makes
  /// it a plain character. Facts: `modules/prompt_parser.py` (`parse_prompt_attention`); unlike there, `BREAK` inside
  /// of brackets separates too, where A1111 takes it for a word.
  /// - Returns: at least one section with at least one part.
  package static func sections(of prompt: String) -> [[WeightedText]] {
    var reader = AttentionReader(prompt)
    reader.read()
    return reader.items.split(separator: .separator, omittingEmptySubsequences: false).map { items in
      var parts: [WeightedText] = []
      for case .text(let part) in items {
        if let last = parts.last, last.weight == part.weight {
          parts[parts.count - 1].text += part.text
        } else {
          parts.append(part)
        }
      }
      return parts.isEmpty ? [WeightedText("")] : parts
    }
  }
}

/// One pass over a prompt.
private struct AttentionReader {
  enum Item: Equatable {
    case text(WeightedText)
    case separator
  }

  static let up = 1.1
  static let down = 1 / 1.1
  private static let special: Set<Unicode.Scalar> = ["\\", "(", ")", "[", "]", ":"]
  private static let separator = Array("BREAK".unicodeScalars)

  private(set) var items: [Item] = []
  private let scalars: [Unicode.Scalar]
  private var position = 0
  /// Index of the first item in each open bracket.
  private var round: [Int] = []
  private var square: [Int] = []

  init(_ prompt: String) { scalars = Array(prompt.unicodeScalars) }

  mutating func read() {
    while position < scalars.count {
      let scalar = scalars[position]
      switch scalar {
      case "\\":
        // A lone backslash vanishes.
        let next = position + 1 < scalars.count ? scalars[position + 1] : " "
        let isEscape = next != ":" && Self.special.contains(next)
        if isEscape { append(String(next)) }
        position += isEscape ? 2 : 1
      case "(":
        round.append(items.count)
        position += 1
      case "[":
        square.append(items.count)
        position += 1
      case ":":
        if let (weight, end) = closingWeight(), let start = round.popLast() {
          multiply(from: start, by: weight)
          position = end
        } else {
          append(":")
          position += 1
        }
      case ")", "]":
        if let start = scalar == ")" ? round.popLast() : square.popLast() {
          multiply(from: start, by: scalar == ")" ? Self.up : Self.down)
        } else {
          append(String(scalar))
        }
        position += 1
      default:
        let plain = scalars[position...].prefix { !Self.special.contains($0) }
        position = plain.endIndex
        appendSections(Array(plain))
      }
    }
    for start in round { multiply(from: start, by: Self.up) }
    for start in square { multiply(from: start, by: Self.down) }
  }

  private mutating func append(_ text: String) { items.append(.text(WeightedText(text))) }

  private mutating func multiply(from start: Int, by factor: Double) {
    for index in start..<items.count {
      guard case .text(var part) = items[index] else { continue }
      part.weight *= factor
      items[index] = .text(part)
    }
  }

  /// The number of `:1.3)` or `: 1.3 )` at the current place, and what follows it.
  private func closingWeight() -> (weight: Double, end: Int)? {
    let text = scalars[(position + 1)...].drop { $0.properties.isWhitespace }
    let digits = text.prefix { "+-.0123456789".unicodeScalars.contains($0) }
    let rest = scalars[digits.endIndex...].drop { $0.properties.isWhitespace }
    guard rest.first == ")", let weight = Double(String(ofScalars: digits)), weight.isFinite else { return nil }
    return (weight, rest.startIndex + 1)
  }

  /// Plain text, cut where the word BREAK stands; white space around it goes with it.
  private mutating func appendSections(_ text: [Unicode.Scalar]) {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
    func isWord(_ index: Int) -> Bool {
      text.indices.contains(index) && (text[index].isWordCharacter || text[index] == "_")
    }
    var start = 0
    var place = 0
    while place < text.count {
      let end = place + Self.separator.count
      guard text[place...].starts(with: Self.separator), !isWord(place - 1), !isWord(end) else {
        place += 1
        continue
      }
      let before = text[start..<place]
      append(String(ofScalars: before.prefix((before.lastIndex { !isSpace($0) } ?? start - 1) + 1 - start)))
      items.append(.separator)
      start = text[end...].firstIndex { !isSpace($0) } ?? text.count
      place = start
    }
    append(String(ofScalars: text[start...]))
  }
}
