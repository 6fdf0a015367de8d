package import Foundation
import NegativeSpaceConfiguration

extension T5Tokenizer {
  /// Reads a tokenizer folder: `spiece.model`, or a `tokenizer.json` where only that is there, with
  /// `tokenizer_config.json` and `special_tokens_map.json` if they are.
  ///
  /// - Throws: `TokenizerError`, `ConfigurationError`.
  package init(folder: URL) throws {
    let files = TokenizerFiles(folder: folder)
    let config = try files.json("tokenizer_config.json")
    let settings = try config?.decode(TokenizerConfiguration.self) ?? TokenizerConfiguration()
    let map = try files.json("special_tokens_map.json")?.decode(TokenizerConfiguration.self)
    let special = map.map { settings.overridden(by: $0) } ?? settings
    let model: SentencePieceModel
    let file: String
    var added: [Int: String] = [:]
    if let bytes = try files.optional("spiece.model") {
      file = files.path("spiece.model")
      model = try SentencePieceModel(Array(bytes), file: file)
      added = try Self.added(settings, config, pieces: model.contents.pieces, files)
    } else if let document = try files.json("tokenizer.json")?.decode(UnigramDocument.self) {
      file = files.path("tokenizer.json")
      model = try SentencePieceModel(document.model, file: file)
      added = document.added
    } else {
      throw TokenizerError.noPieces(folder: folder.path)
    }
    // Special pieces are found in text as well.
    let pieces = model.contents.pieces
    func id(_ token: SpecialToken?, _ standard: String, _ role: String) throws -> Int {
      let content = token?.content ?? standard
      guard
        let id = added.first(where: { $0.value == content })?.key ?? pieces.firstIndex(where: { $0.text == content })
      else { throw TokenizerError.missingToken(file: file, token: content, role: role) }
      added[id] = content
      return id
    }
    let end = try id(special.end, "</s>", "the end of a text")
    let padding = try id(special.padding, "<pad>", "padding")
    added[model.contents.unknown] = pieces[model.contents.unknown].text
    self.init(model, added: added, end: end, padding: padding)
  }

  /// The added tokens of a folder with a model of SentencePiece: those that it lists, else T5's sentinels, whose numbers
  /// go down from the last.
  private static func added(
    _ settings: TokenizerConfiguration, _ config: ConfigFile?, pieces: [SentencePieceContents.Piece],
    _ files: TokenizerFiles
  ) throws -> [Int: String] {
    if let listed = settings.added {
      return try Dictionary(
        listed.map { key, token in
          guard let id = Int(key), 0...1 << 22 ~= id else {
            throw TokenizerError.impossibleID(
              file: files.path("tokenizer_config.json"), token: token.content, id: Int(key) ?? -1)
          }
          return (id, token.content)
        }, uniquingKeysWith: { first, _ in first })
    }
    let count = try config?.integer("extra_ids", default: 100, in: 0...1 << 16) ?? 100
    // Some models, such as UMT5's, have them among their pieces.
    let own = pieces.enumerated().filter { $0.element.text.hasPrefix("<extra_id_") }
    if !own.isEmpty { return Dictionary(uniqueKeysWithValues: own.map { ($0.offset, $0.element.text) }) }
    return Dictionary(uniqueKeysWithValues: (0..<count).map { (pieces.count + count - 1 - $0, "<extra_id_\($0)>") })
  }
}
