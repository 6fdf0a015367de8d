import Foundation

/// The English short names of emoji as the Unicode CLDR has them, by code point sequence: names for the concepts.
package struct EmojiNames: Sendable {
  /// Path at which Debian's `unicode-cldr-core` puts the English annotations.
  package static let defaultPath = "/usr/share/unicode/cldr/common/annotations/en.xml"

  private let names: [String: String]

  /// Reads the lines `<annotation cp="🍎" type="tts">red apple</annotation>`.
  package init(path: String = EmojiNames.defaultPath) throws(EmojiWorldError) {
    guard let data = FileManager.default.contents(atPath: path) else { throw .namesMissing(path: path) }
    guard data.count <= 16 << 20, let text = String(data: data, encoding: .utf8) else {
      throw .namesUnusable(path: path, reason: "it is not a UTF-8 text of at most 16 MiB (\(data.count) bytes)")
    }
    var names: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      let fields = line.split(separator: "\"", maxSplits: 4, omittingEmptySubsequences: false)
      guard
        fields.count == 5, fields[0].hasSuffix("<annotation cp="), fields[3] == "tts",
        let open = fields[4].firstIndex(of: ">"), let close = fields[4].lastIndex(of: "<"), open < close
      else { continue }
      names[String(fields[1])] = fields[4][fields[4].index(after: open)..<close].lowercased()
    }
    guard !names.isEmpty else { throw .namesUnusable(path: path, reason: "it holds no annotation of type tts") }
    self.names = names
  }

  /// The name of one emoji in lower case.
  package func name(of scalar: Unicode.Scalar) -> String? {
    names[String(Character(scalar))]
  }
}
