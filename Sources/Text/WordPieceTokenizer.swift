package import Foundation

/// BERT's tokenizer for lower-cased text (arXiv:1810.04805): words and punctuation, then the longest pieces the
/// vocabulary has.
///
/// Equal to `transformers.BertTokenizer(do_lower_case=True)`.
package struct WordPieceTokenizer: Sendable {
  private let ids: [String: Int]
  private let unknown: Int
  private let start: Int
  private let end: Int

  /// Words of more characters are unknown as a whole.
  private static let longestWord = 100

  /// - Parameter vocabulary: `vocab.txt`, one piece a line; pieces inside words begin with `##`.
  /// - Throws: `TokenizerError`, `ConfigurationError`.
  package init(vocabulary: URL) throws {
    let files = TokenizerFiles(folder: vocabulary.deletingLastPathComponent())
    let name = vocabulary.lastPathComponent
    let data = try files.required(name)
    guard let text = String(validating: data, as: UTF8.self) else {
      throw TokenizerError.unreadable(file: vocabulary.path, reason: "it is not UTF-8 text")
    }
    // Later lines win, as in transformers.
    var ids: [String: Int] = [:]
    for (id, line) in text.split(whereSeparator: \.isNewline).enumerated() { ids[String(line)] = id }
    func special(_ token: String, _ role: String) throws(TokenizerError) -> Int {
      guard let id = ids[token] else { throw .missingToken(file: vocabulary.path, token: token, role: role) }
      return id
    }
    unknown = try special("[UNK]", "the token of unknown words")
    start = try special("[CLS]", "the first token")
    end = try special("[SEP]", "the last token")
    self.ids = ids
  }

  /// The ids of `text` between those of `[CLS]` and `[SEP]`, cut to `length` in all.
  package func encode(_ text: String, length: Int) -> [Int] {
    let inner = Self.words(text).flatMap(pieces)
    return [start] + inner.prefix(max(0, length - 2)) + [end]
  }

  /// The largest id.
  package var largestID: Int { ids.values.max() ?? 0 }

  // MARK: Inside

  /// Words in lower case without accents; punctuation and Chinese characters are words of their own.
  static func words(_ text: String) -> [String] {
    var words: [[Unicode.Scalar]] = []
    var word: [Unicode.Scalar] = []
    func close() {
      if !word.isEmpty { words.append(word) }
      word = []
    }
    for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
      switch kind(of: scalar) {
      case .dropped: continue
      case .space: close()
      case .alone:
        close()
        words.append([scalar])
      // Character by character, without the rule for a final sigma.
      case .part: word.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    close()
    return words.map { String(ofScalars: $0) }
  }

  private enum Kind { case dropped, space, alone, part }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    if scalar == "\t" || scalar == "\n" || scalar == "\r" { return .space }
    if scalar.value == 0xFFFD { return .dropped }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .nonspacingMark: return .dropped
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: return .space
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      return .alone
    default: return isASCIISymbol(scalar) || isChinese(scalar) ? .alone : .part
    }
  }

  /// `$`, `+`, `^` and their like count as punctuation, though Unicode calls them symbols.
  private static func isASCIISymbol(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 33...47, 58...64, 91...96, 123...126: true
    default: false
    }
  }

  /// The CJK Unified Ideographs blocks.
  private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B820...0x2CEAF,
      0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// The longest known beginning, then the longest known `##` piece, and so on; unknown as a whole if one is lacking.
  private func pieces(_ word: String) -> [Int] {
    let scalars = Array(word.unicodeScalars)
    guard scalars.count <= Self.longestWord else { return [unknown] }
    var found: [Int] = []
    var first = 0
    while first < scalars.count {
      let prefix = first > 0 ? "##" : ""
      let match = (first + 1...scalars.count).reversed().lazy.compactMap { last in
        ids[prefix + String(ofScalars: scalars[first..<last])].map { (id: $0, last: last) }
      }.first
      guard let match else { return [unknown] }
      found.append(match.id)
      first = match.last
    }
    return found
  }
}
