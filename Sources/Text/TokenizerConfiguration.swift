/// The parts of `tokenizer_config.json` and `special_tokens_map.json` that decide which ids come out.
struct TokenizerConfiguration: Decodable, Sendable {
  var beginning: SpecialToken?
  var end: SpecialToken?
  var unknown: SpecialToken?
  var padding: SpecialToken?
  /// Every added token by its number; written by transformers 4.34 and newer.
  var added: [String: SpecialToken]?

  private enum CodingKeys: String, CodingKey {
    case beginning = "bos_token"
    case end = "eos_token"
    case unknown = "unk_token"
    case padding = "pad_token"
    case added = "added_tokens_decoder"
  }

  /// What `special_tokens_map.json` says wins, unless this file lists all added tokens itself: transformers' rule.
  func overridden(by map: TokenizerConfiguration) -> TokenizerConfiguration {
    guard added == nil else { return self }
    return TokenizerConfiguration(
      beginning: map.beginning ?? beginning, end: map.end ?? end, unknown: map.unknown ?? unknown,
      padding: map.padding ?? padding, added: nil)
  }
}

/// A special token, which files write as a string or as an object with flags.
struct SpecialToken: Decodable, Sendable {
  let content: String
  let normalized: Bool

  private enum CodingKeys: String, CodingKey { case content, normalized }

  init(content: String, normalized: Bool = false) {
    self.content = content
    self.normalized = normalized
  }

  init(from decoder: any Decoder) throws {
    if let content = try? decoder.singleValueContainer().decode(String.self) {
      self.init(content: content)
    } else {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      let normalized = try fields.decodeIfPresent(Bool.self, forKey: .normalized)
      self.init(content: try fields.decode(String.self, forKey: .content), normalized: normalized ?? true)
    }
  }
}

/// The parts of a `tokenizer.json` that `vocab.json` and `merges.txt` hold in older folders.
struct TokenizerDocument: Decodable {
  struct Model: Decodable {
    let vocab: [String: Int]
    let merges: [MergeLine]
  }

  struct Added: Decodable {
    let id: Int
    let content: String
    let normalized: Bool
  }

  /// A merge: `["a", "b"]`, or `"a b"` before tokenizers 0.20.
  struct MergeLine: Decodable {
    let parts: [String]

    init(from decoder: any Decoder) throws {
      if let line = try? decoder.singleValueContainer().decode(String.self) {
        parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      } else {
        parts = try [String](from: decoder)
      }
    }
  }

  let model: Model
  let added: [Added]?

  private enum CodingKeys: String, CodingKey {
    case model
    case added = "added_tokens"
  }
}
