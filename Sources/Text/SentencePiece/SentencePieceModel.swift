import NegativeSpaceCSentencePiece

/// A SentencePiece model (arXiv:1808.06226), which its own library runs.
///
/// `@unchecked Sendable`: the library's object only reads once it is loaded.
final class SentencePieceModel: @unchecked Sendable {
  let contents: SentencePieceContents
  private let pieces: UnigramPieces
  private let model: OpaquePointer

  /// - Parameters:
  ///   - bytes: a `spiece.model`. - file: its name, for messages.
  /// - Throws: `TokenizerError.damagedModel`; the library itself trusts its input, so all is checked before.
  init(_ bytes: [UInt8], file: String) throws {
    contents = try SentencePieceContents(bytes, file: file)
    pieces = UnigramPieces(contents)
    var problem: UnsafeMutablePointer<CChar>?
    let loaded = bytes.withUnsafeBytes { bytes in
      ns_spm_load(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &problem)
    }
    guard let loaded else { throw TokenizerError.damagedModel(file: file, reason: Self.taken(problem)) }
    model = loaded
  }

  deinit { ns_spm_destroy(model) }

  /// The ids of a text: normalised by the library, each word cut into its likeliest pieces, without an end.
  func ids(of text: String) -> [Int] {
    let bytes = normalized(text)
    // Words begin with the mark of a space.
    var (ids, start): ([Int], Int) = ([], 0)
    for place in bytes.indices where place > 0 && bytes[place...].starts(with: Self.space) {
      ids += pieces.ids(of: bytes[start..<place])
      start = place
    }
    return ids + pieces.ids(of: bytes[start...])
  }

  /// U+2581, which stands for a space.
  private static let space: [UInt8] = [0xE2, 0x96, 0x81]

  private func normalized(_ text: String) -> [UInt8] {
    var text = text
    return text.withUTF8 { bytes in
      var (count, problem) = (0, UnsafeMutablePointer<CChar>?.none)
      guard let base = bytes.baseAddress, !bytes.isEmpty else { return [] }
      let found = base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
        ns_spm_normalize(model, $0, bytes.count, &count, &problem)
      }
      guard let found else {
        _ = Self.taken(problem)
        return []
      }
      defer { ns_spm_free(found) }
      return UnsafeBufferPointer(start: found, count: count).map { UInt8(bitPattern: $0) }
    }
  }

  /// The bytes of a unigram model of about `vocabulary` pieces, learned from texts.
  ///
  /// - Throws: `TokenizerError.notTrained`, with the library's own words.
  static func trained(on texts: [String], vocabulary: Int) throws(TokenizerError) -> [UInt8] {
    guard let size = Int32(exactly: vocabulary) else { throw .notTrained(reason: "\(vocabulary) pieces are too many") }
    // One buffer of all texts: pointers into it stay valid together.
    let lengths = texts.map(\.utf8.count)
    let joined: [CChar] = texts.flatMap { text -> [CChar] in text.utf8.map { CChar(bitPattern: $0) } + [0] }
    var (count, problem) = (0, UnsafeMutablePointer<CChar>?.none)
    let found = joined.withUnsafeBufferPointer { buffer -> UnsafeMutablePointer<CChar>? in
      var place = 0
      let starts = lengths.map { length -> UnsafePointer<CChar>? in
        defer { place += length + 1 }
        return buffer.baseAddress.map { $0 + place }
      }
      return ns_spm_train(starts, lengths, texts.count, size, &count, &problem)
    }
    guard let found else { throw .notTrained(reason: taken(problem)) }
    defer { ns_spm_free(found) }
    return UnsafeBufferPointer(start: found, count: count).map { UInt8(bitPattern: $0) }
  }

  /// The library's words, given back to it.
  private static func taken(_ problem: UnsafeMutablePointer<CChar>?) -> String {
    guard let problem else { return "it does not say why" }
    defer { ns_spm_free(problem) }
    return String(cString: problem)
  }
}
