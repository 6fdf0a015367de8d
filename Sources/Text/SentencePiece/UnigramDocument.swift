import Foundation
import NegativeSpaceConfiguration

/// A `tokenizer.json` of the unigram kind, as transformers writes it for T5.
struct UnigramDocument: ReadableConfiguration {
  static let owner = "the tokenizer"

  /// A piece and its score.
  private struct Entry: ConfigurationValue {
    static let words = (one: "a pair of piece and score", many: "pairs of piece and score")
    let piece: String
    let score: Double

    init?(json: JSONValue) {
      guard case .array(let pair) = json, pair.count == 2, let piece = String(json: pair[0]),
        let score = Double(json: pair[1])
      else { return nil }
      (self.piece, self.score) = (piece, score)
    }
  }

  /// Added tokens by their numbers.
  let added: [Int: String]
  /// The same model as SentencePiece stores it.
  let model: [UInt8]

  init(_ config: ConfigFile) throws {
    let model = try config.section("model")
    guard model["type"] == .string("Unigram") else {
      throw model.error("type", expected: "Unigram, the kind of T5's tokenizers")
    }
    let entries = try model.value("vocab", as: [Entry].self)
    let unknown = try model.integer("unk_id", in: 0...max(0, entries.count - 1))
    let tokens = try config.sections("added_tokens", default: []).map {
      (id: try $0.integer("id", in: 0...1 << 22), content: try $0.string("content"))
    }
    added = Dictionary(tokens.map { ($0.id, $0.content) }, uniquingKeysWith: { first, _ in first })
    var writer = ProtocolBufferWriter()
    for (id, entry) in entries.enumerated() {
      // Added tokens are found before: as pieces of text they must not be.
      let kind: SentencePieceContents.Piece.Kind = id == unknown ? .unknown : added[id] != nil ? .control : .normal
      var piece = ProtocolBufferWriter()
      piece.write(1, bytes: Array(entry.piece.utf8))
      piece.write(2, float: Float(entry.score))
      piece.write(3, varint: kind.rawValue)
      writer.write(1, bytes: piece.bytes)
    }
    if let map = try Self.characterMap(config["normalizer"] ?? .null, config) {
      var normalizer = ProtocolBufferWriter()
      normalizer.write(2, bytes: Array(map))
      writer.write(3, bytes: normalizer.bytes)
    }
    self.model = writer.bytes
  }

  /// The compiled map of characters, wherever in a sequence of normalisers it stands.
  private static func characterMap(_ value: JSONValue, _ config: ConfigFile) throws -> Data? {
    if value["type"] == .string("Precompiled"), let text = value["precompiled_charsmap"].flatMap(String.init(json:)) {
      guard let map = Data(base64Encoded: text) else {
        throw config.error("normalizer", found: "a map that is not base64", expected: "base64")
      }
      return map
    }
    guard case .array(let inner)? = value["normalizers"] else { return nil }
    return try inner.compactMap { try characterMap($0, config) }.first
  }
}
