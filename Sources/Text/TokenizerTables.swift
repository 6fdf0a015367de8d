import Foundation
import NegativeSpaceConfiguration

/// The vocabulary and the merges of a tokenizer folder, checked against each other.
struct TokenizerTables {
  /// The file that the vocabulary came from, for messages.
  let file: String
  let vocabulary: Vocabulary
  let merges: [BytePairEncoder.Pair: BytePairEncoder.Merge]
  /// Tokens outside the vocabulary, or with flags of their own, by content.
  let added: [String: (id: Int, normalized: Bool)]

  init(_ files: TokenizerFiles) throws {
    if let vocabulary = try files.json("vocab.json") {
      file = files.path("vocab.json")
      self.vocabulary = try Self.checked(vocabulary.all(), file: file)
      let data = try files.required("merges.txt")
      merges = try Self.merges(Self.lines(data), of: self.vocabulary, file: files.path("merges.txt"))
      let extra = try files.json("added_tokens.json")?.all(Int.self) ?? [:]
      try Self.checkRange(extra, file: files.path("added_tokens.json"))
      added = extra.mapValues { (id: $0, normalized: true) }
    } else if let document = try files.json("tokenizer.json")?.decode(TokenizerDocument.self) {
      file = files.path("tokenizer.json")
      vocabulary = try Self.checked(document.vocabulary, file: file)
      let lines = document.merges.enumerated().map { (number: $0 + 1, parts: $1) }
      merges = try Self.merges(lines, of: vocabulary, file: file)
      let extra = document.added
      try Self.checkRange(
        Dictionary(extra.map { ($0.content, $0.id) }, uniquingKeysWith: { first, _ in first }), file: file)
      added = Dictionary(
        extra.map { ($0.content, (id: $0.id, normalized: $0.normalized)) }, uniquingKeysWith: { _, last in last })
    } else {
      throw TokenizerError.unreadable(file: files.path("vocab.json"), reason: "there is no such file")
    }
  }

  private static func checkRange(_ ids: [String: Int], file: String) throws(TokenizerError) {
    if let (token, id) = ids.first(where: { !(0...Int(UInt32.max) ~= $0.value) }) {
      throw .impossibleID(file: file, token: token, id: id)
    }
  }

  private static func checked(_ ids: [String: Int], file: String) throws(TokenizerError) -> Vocabulary {
    try checkRange(ids, file: file)
    guard let vocabulary = Vocabulary(ids) else {
      let (id, tokens) = Vocabulary.duplicate(in: ids) ?? (0, [])
      throw .duplicateID(file: file, id: id, tokens: tokens)
    }
    return vocabulary
  }

  /// The symbols on each line of a merges.txt; version lines and empty last lines left out.
  private static func lines(_ data: Data) -> [(number: Int, parts: [String])] {
    var lines: [(number: Int, parts: [String])] = []
    for (index, bytes) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
      if line.isEmpty && bytes.endIndex == data.endIndex || line.starts(with: "#version".utf8) { continue }
      let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      lines.append((index + 1, parts.map { String(decoding: $0, as: UTF8.self) }))
    }
    return lines
  }

  private static func merges(
    _ lines: [(number: Int, parts: [String])], of vocabulary: Vocabulary, file: String
  ) throws(TokenizerError) -> [BytePairEncoder.Pair: BytePairEncoder.Merge] {
    var merges: [BytePairEncoder.Pair: BytePairEncoder.Merge] = [:]
    merges.reserveCapacity(lines.count)
    for (rank, line) in lines.enumerated() {
      let text = line.parts.joined(separator: " ")
      guard line.parts.count == 2, !line.parts.contains("") else {
        throw .malformedMerge(file: file, line: line.number, text: text)
      }
      func id(_ token: String) throws(TokenizerError) -> Int {
        guard let id = vocabulary.id(of: token) else {
          throw .mergeWithoutToken(file: file, line: line.number, merge: text, missing: token)
        }
        return id
      }
      let pair = BytePairEncoder.Pair(left: try id(line.parts[0]), right: try id(line.parts[1]))
      merges[pair] = BytePairEncoder.Merge(rank: rank, result: try id(line.parts[0] + line.parts[1]))
    }
    return merges
  }
}
