import NegativeSpaceConfiguration

/// The parts of `tokenizer_config.json` and `special_tokens_map.json` that decide which ids come out.
struct TokenizerConfiguration: Sendable {
  var beginning: SpecialToken?
  var end: SpecialToken?
  var unknown: SpecialToken?
  var padding: SpecialToken?
  /// Every added token by its number; written by transformers 4.34 and newer.
  var added: [String: SpecialToken]?

  /// Values of `special_tokens_map.json` win, unless this file lists all added tokens itself: transformers' rule.
  func overridden(by map: TokenizerConfiguration) -> TokenizerConfiguration {
    guard added == nil else { return self }
    return TokenizerConfiguration(
      beginning: map.beginning ?? beginning, end: map.end ?? end, unknown: map.unknown ?? unknown,
      padding: map.padding ?? padding, added: nil)
  }
}

extension TokenizerConfiguration: ReadableConfiguration {
  static let owner = "the tokenizer"

  init(_ config: ConfigFile) throws {
    beginning = try config.optional("bos_token")
    end = try config.optional("eos_token")
    unknown = try config.optional("unk_token")
    padding = try config.optional("pad_token")
    if config["added_tokens_decoder"] != nil { added = try config.section("added_tokens_decoder").all() }
  }
}

/// A special token, which files write as a string or as an object with flags.
struct SpecialToken: Sendable {
  let content: String
  let normalized: Bool

  init(content: String, normalized: Bool = false) {
    self.content = content
    self.normalized = normalized
  }
}

extension SpecialToken: ConfigurationValue {
  static let words = (one: "a token, as a string or as an object with content", many: "tokens")

  init?(json: JSONValue) {
    if let content = String(json: json) {
      self.init(content: content)
    } else {
      guard let content = json["content"].flatMap(String.init(json:)) else { return nil }
      switch json["normalized"] ?? .null {
      case .null: self.init(content: content, normalized: true)
      case .bool(let normalized): self.init(content: content, normalized: normalized)
      default: return nil
      }
    }
  }
}

/// The parts of a `tokenizer.json` that `vocab.json` and `merges.txt` hold in older folders.
struct TokenizerDocument: ReadableConfiguration {
  static let owner = "the tokenizer"

  struct Added {
    let id: Int
    let content: String
    let normalized: Bool
  }

  /// A merge: `["a", "b"]`, or `"a b"` before tokenizers 0.20.
  private struct Merge: ConfigurationValue {
    static let words = (one: "a merge of two symbols", many: "merges of two symbols")
    let parts: [String]

    init?(json: JSONValue) {
      let line = String(json: json)?.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      guard let parts = line ?? [String](json: json) else { return nil }
      self.parts = parts
    }
  }

  let vocabulary: [String: Int]
  /// The symbols of each merge.
  let merges: [[String]]
  let added: [Added]

  init(_ config: ConfigFile) throws {
    let model = try config.section("model")
    vocabulary = try model.section("vocab").all()
    merges = try model.value("merges", as: [Merge].self).map(\.parts)
    added = try config.sections("added_tokens", default: []).map {
      Added(id: try $0.integer("id"), content: try $0.string("content"), normalized: try $0.bool("normalized"))
    }
  }
}
