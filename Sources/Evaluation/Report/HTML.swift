/// A piece of a page; plain text that is put into it is escaped, so that no prompt or name can become markup.
///
///     let prompt = "<script>"
///     let piece: HTML = "<p>\(prompt)</p>"    // <p>&lt;script&gt;</p>
package struct HTML: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// The markup.
  package let text: String

  /// A literal is markup; only literals of this program reach it.
  package init(stringLiteral value: String) { text = value }

  package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  private init(markup: String) { text = markup }

  /// Pieces one after the other.
  package static func joined(_ pieces: [HTML]) -> HTML { HTML(markup: pieces.map(\.text).joined()) }

  /// Plain text as markup, for content and for attributes in either quotes.
  ///
  /// Control characters, which HTML does not allow, become U+FFFD.
  package static func escaped(_ text: String) -> HTML {
    var markup = ""
    markup.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": markup += "&amp;"
      case "<": markup += "&lt;"
      case ">": markup += "&gt;"
      case "\"": markup += "&quot;"
      case "'": markup += "&#39;"
      case "\t", "\n", "\r": markup.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): markup += "\u{FFFD}"
      default: markup.unicodeScalars.append(scalar)
      }
    }
    return HTML(markup: markup)
  }

  package struct StringInterpolation: StringInterpolationProtocol {
    var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }
    package mutating func appendLiteral(_ literal: String) { text += literal }
    package mutating func appendInterpolation(_ piece: HTML) { text += piece.text }
    package mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { text += piece.text } }
    package mutating func appendInterpolation(_ plain: String) { text += HTML.escaped(plain).text }
    package mutating func appendInterpolation(_ number: Int) { text += String(number) }
  }
}
