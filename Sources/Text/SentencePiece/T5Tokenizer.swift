/// Text to T5's token ids and back, equal to `transformers.T5Tokenizer`.
///
/// That is transformers 5's, which has an implementation of its own beside SentencePiece's: what is done with combining
/// marks that stand alone, and with U+0085, is SentencePiece's here.
package struct T5Tokenizer: Sendable {
  /// The ids of the end of a text, of what fills it up, and of what no piece stands for.
  package let end: Int
  package let padding: Int
  package let unknown: Int

  private let model: SentencePieceModel
  private let splitter: AddedTokenSplitter
  private let added: [Int: String]

  init(_ model: SentencePieceModel, added: [Int: String], end: Int, padding: Int) {
    (self.model, self.added, self.end, self.padding) = (model, added, end, padding)
    unknown = model.contents.unknown
    splitter = AddedTokenSplitter(Dictionary(added.map { ($1, $0) }, uniquingKeysWith: min))
  }

  /// Number of ids: of pieces, and of added tokens beyond them.
  package var vocabularyCount: Int { max(model.contents.pieces.count, (added.keys.max() ?? -1) + 1) }

  /// The ids of `text` alone, without an end, however many there are.
  package func tokens(in text: String) -> [Int] {
    splitter.pieces(of: text).flatMap { piece in
      switch piece {
      case .token(let id): [id]
      case .text(let text): model.ids(of: text)
      }
    }
  }

  /// `text` as at most `limit` ids with the end; what does not fit is cut before the end and reported.
  package func encode(_ text: String, limit: Int) -> TokenizedText {
    precondition(limit >= 1, "encode: \(limit) ids have no room for an end")
    let all = tokens(in: text)
    let kept = all.prefix(limit - 1)
    let cut = all.dropFirst(limit - 1)
    return TokenizedText(
      ids: kept + [end], tokenCount: kept.count, cutCount: cut.count, cutText: decode(Array(cut)))
  }

  /// `text` as exactly `length` ids, filled up behind the end.
  package func encode(_ text: String, length: Int) -> TokenizedText {
    let encoded = encode(text, limit: length)
    return TokenizedText(
      ids: encoded.ids + Array(repeating: padding, count: length - encoded.ids.count), tokenCount: encoded.tokenCount,
      cutCount: encoded.cutCount, cutText: encoded.cutText)
  }

  /// The text that `ids` stand for; the end, padding and other added tokens are left out.
  package func decode(_ ids: [Int]) -> String {
    let pieces = ids.map { id -> String in
      guard added[id] == nil, model.contents.pieces.indices.contains(id) else { return "" }
      let piece = model.contents.pieces[id]
      switch piece.kind {
      case .control, .unused: return ""
      case .normal, .userDefined, .byte, .unknown: return piece.text
      }
    }
    let text = pieces.joined().replacing("\u{2581}", with: " ")
    return text.hasPrefix(" ") ? String(text.dropFirst()) : text
  }
}
