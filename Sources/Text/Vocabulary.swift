/// The tokens of a `vocab.json` and their numbers.
struct Vocabulary: Sendable {
  private let ids: [String: Int]
  private let tokens: [Int: String]

  /// - Returns: nil when two tokens have one number; `duplicate(in:)` says which.
  init?(_ ids: [String: Int]) {
    self.ids = ids
    tokens = Dictionary(ids.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    if tokens.count != ids.count { return nil }
  }

  /// A number that more than one token has.
  static func duplicate(in ids: [String: Int]) -> (id: Int, tokens: [String])? {
    Dictionary(grouping: ids, by: \.value).first { $1.count > 1 }.map { ($0, $1.map(\.key).sorted()) }
  }

  var count: Int { ids.count }

  func id(of token: String) -> Int? { ids[token] }

  func token(of id: Int) -> String? { tokens[id] }
}
