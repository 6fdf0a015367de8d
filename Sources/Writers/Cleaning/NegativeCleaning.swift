import Foundation

/// A written text made into a negative prompt: a list with commas, nothing in it twice, short enough for a text encoder.
public struct CleanedNegative: Sendable, Hashable {
  /// The list.
  public let text: String
  /// What did not fit and was left out at its end; empty if all fitted.
  public let cut: String
  /// Items that were there already, and repeated words within items.
  public let repeats: Int

  /// Cleans `text`.
  ///
  /// Items are told apart by commas, semicolons and line ends outside of brackets; upper and lower case are the same.
  /// - Parameters:
  ///   - limit: tokens of the result at most; CLIP takes 75.
  ///   - count: tokens of a text.
  public init(_ text: String, limit: Int = 75, count: (String) -> Int) {
    var (items, known, repeats): ([String], Set<String>, Int) = ([], [], 0)
    for item in Self.items(of: text) {
      let words = item.split(whereSeparator: \.isWhitespace).map(String.init)
      let plain = Self.withoutLoops(words)
      if plain.count < words.count { repeats += 1 }
      let tidy = plain.joined(separator: " ")
      guard tidy.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
      if known.insert(tidy.lowercased()).inserted { items.append(tidy) } else { repeats += 1 }
    }
    self.repeats = repeats
    var kept = items
    while kept.count > 1, count(Self.joined(kept)) > limit { kept.removeLast() }
    var cut = Array(items.dropFirst(kept.count))
    // An item that is too long by itself is cut between its words.
    if kept.count == 1, count(kept[0]) > limit {
      let words = kept[0].split(separator: " ").map(String.init)
      var length = words.count
      while length > 0, count(words[..<length].joined(separator: " ")) > limit { length -= 1 }
      kept = length > 0 ? [words[..<length].joined(separator: " ")] : []
      cut.insert(words[length...].joined(separator: " "), at: 0)
    }
    (self.text, self.cut) = (Self.joined(kept), Self.joined(cut))
  }

  private static func joined(_ items: [String]) -> String { items.joined(separator: ", ") }

  /// The text's items, with their brackets where these close.
  private static func items(of text: String) -> [String] {
    var (items, current, open): ([String], String, [Character]) = ([], "", [])
    let closing: [Character: Character] = ["(": ")", "[": "]", "{": "}"]
    let text = isBalanced(text) ? text : text.filter { !"()[]{}".contains($0) }
    for character in text {
      if let end = closing[character] { open.append(end) } else if character == open.last { open.removeLast() }
      if open.isEmpty, ",;\u{3001}\u{FF0C}".contains(character) || character.isNewline {
        items.append(current)
        current = ""
      } else {
        current.append(character)
      }
    }
    let edges = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: ".!"))
    return (items + [current]).map { $0.trimmingCharacters(in: edges) }
  }

  private static func isBalanced(_ text: String) -> Bool {
    let closing: [Character: Character] = ["(": ")", "[": "]", "{": "}"]
    var open: [Character] = []
    for character in text {
      if let end = closing[character] {
        open.append(end)
      } else if ")]}".contains(character), open.popLast() != character {
        return false
      }
    }
    return open.isEmpty
  }

  /// The words without immediate repetitions of one or a few of them.
  private static func withoutLoops(_ words: [String]) -> [String] {
    var result: [String] = []
    for word in words {
      result.append(word)
      for length in 1...4 where result.count >= 2 * length {
        let last = result.suffix(length).map { $0.lowercased() }
        if last == result.dropLast(length).suffix(length).map({ $0.lowercased() }) {
          result.removeLast(length)
          break
        }
      }
    }
    return result
  }
}
