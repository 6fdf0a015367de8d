package import Foundation
import NegativeSpaceConfiguration

extension CLIPTokenizer {
  /// Reads a tokenizer folder: `vocab.json` and `merges.txt`, or the `tokenizer.json` that transformers 5 writes
  /// instead, with `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` where they are there.
  ///
  /// - Throws: `TokenizerError`, `ConfigurationError`.
  package init(folder: URL) throws {
    let files = TokenizerFiles(folder: folder)
    let tables = try TokenizerTables(files)
    let configuration = try Self.configuration(files)

    func id(of token: SpecialToken?, _ standard: String, as role: String) throws -> Int {
      let content = token?.content ?? standard
      guard let id = tables.vocabulary.id(of: content) ?? tables.added[content]?.id else {
        throw TokenizerError.missingToken(file: tables.file, token: content, role: role)
      }
      return id
    }
    let beginning = try id(of: configuration.beginning, "<|startoftext|>", as: "the beginning of a text")
    let end = try id(of: configuration.end, "<|endoftext|>", as: "the end of a text")
    let unknown = try id(of: configuration.unknown, "<|endoftext|>", as: "what stands for unknown bytes")
    let padding = try id(of: configuration.padding, "<|endoftext|>", as: "padding")

    // Where one text has two roles, the later one's flags hold.
    var added = tables.added
    let roles = [
      configuration.beginning ?? SpecialToken(content: "<|startoftext|>"),
      configuration.end ?? SpecialToken(content: "<|endoftext|>"),
      configuration.unknown ?? SpecialToken(content: "<|endoftext|>"),
      configuration.padding ?? SpecialToken(content: "<|endoftext|>"),
    ]
    for (token, id) in zip(roles, [beginning, end, unknown, padding]) where tables.added[token.content] == nil {
      added[token.content] = (id, token.normalized)
    }
    for (number, token) in configuration.added ?? [:] {
      guard let id = Int(number), 0...Int(UInt32.max) ~= id else {
        throw TokenizerError.impossibleID(
          file: files.path("tokenizer_config.json"), token: token.content, id: Int(number) ?? -1)
      }
      added[token.content] = (tables.vocabulary.id(of: token.content) ?? id, token.normalized)
    }

    self.init(
      vocabulary: tables.vocabulary,
      encoder: BytePairEncoder(vocabulary: tables.vocabulary, merges: tables.merges, unknown: unknown),
      added: Dictionary(
        uniqueKeysWithValues: added.map { (AddedToken(content: $0, normalized: $1.normalized), $1.id) }),
      beginning: beginning, end: end, padding: padding)
  }

  private static func configuration(_ files: TokenizerFiles) throws -> TokenizerConfiguration {
    let own = try files.json("tokenizer_config.json")?.decode(TokenizerConfiguration.self) ?? TokenizerConfiguration()
    let map = try files.json("special_tokens_map.json")?.decode(TokenizerConfiguration.self) ?? TokenizerConfiguration()
    return own.overridden(by: map)
  }
}
