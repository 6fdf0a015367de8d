/// Why a tokenizer's files cannot be used.
package enum TokenizerError: Error, Hashable {
  /// The file is not there or cannot be read.
  case unreadable(file: String, reason: String)
  /// A token's number is negative or beyond 32 bits.
  case impossibleID(file: String, token: String, id: Int)
  /// Two tokens have one number.
  case duplicateID(file: String, id: Int, tokens: [String])
  /// A token that must be in the vocabulary is not.
  case missingToken(file: String, token: String, role: String)
  /// A line of merges.txt is not two symbols.
  case malformedMerge(file: String, line: Int, text: String)
  /// A merge uses or makes a token that the vocabulary lacks.
  case mergeWithoutToken(file: String, line: Int, merge: String, missing: String)
  /// A folder has no file of pieces.
  case noPieces(folder: String)
  /// A model of SentencePiece is not what it should be.
  case damagedModel(file: String, reason: String)
  /// No vocabulary could be learned.
  case notTrained(reason: String)
  /// A file could not be written.
  case unwritable(file: String, reason: String)
}

extension TokenizerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "Cannot read the tokenizer file \(file): \(reason). A tokenizer folder holds vocab.json and merges.txt."
    case .impossibleID(let file, let token, let id):
      "\(file) numbers the token \"\(token)\" \(id), outside 0 to \(UInt32.max)."
    case .duplicateID(let file, let id, let tokens):
      "\(file) gives the number \(id) to \(tokens.count) tokens: \(tokens.prefix(3).joined(separator: ", "))."
    case .missingToken(let file, let token, let role):
      "\(file) lacks the token \"\(token)\", which is needed as \(role). Do vocabulary and configuration belong together?"
    case .malformedMerge(let file, let line, let text):
      "\(file) line \(line) is \"\(text.prefix(40))\", not two symbols with a space between them."
    case .mergeWithoutToken(let file, let line, let merge, let missing):
      "\(file) line \(line) merges \"\(merge)\", but vocab.json lacks \"\(missing)\". Do the two files belong together?"
    case .noPieces(let folder):
      "\(folder) has no tokenizer: expected spiece.model, or a tokenizer.json of the unigram kind, as T5's folders have."
    case .damagedModel(let file, let reason):
      "\(file) is no model of SentencePiece that can be used: \(reason). Download or copy it again."
    case .notTrained(let reason):
      "No vocabulary was learned: \(reason). Texts of many letters want more pieces, and few texts fewer."
    case .unwritable(let file, let reason):
      "Cannot write \(file): \(reason)."
    }
  }
}
