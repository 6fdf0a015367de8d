/// An error in a file of embeddings, or in its use.
public enum EmbeddingError: Error, Hashable {
  /// Nothing in the file is an embedding.
  case noEmbedding(path: String, found: [String])
  /// A tensor that may be encoder states or token vectors, or neither.
  case unclear(path: String, name: String, shape: [Int], reason: String)
  /// More than one tensor that could be meant.
  case several(path: String, names: [String], hint: String)
  /// Token vectors where encoder states are needed, or the other way round.
  case wrongKind(path: String, found: String, expected: String, hint: String)
  /// It was learned for another text encoder.
  case foreign(path: String, space: String, model: String, closeness: String)
  /// The word for token vectors cannot be one.
  case badToken(path: String, token: String, reason: String)
  /// A note in the file is not what this program writes.
  case malformedNote(path: String, key: String, reason: String)
}

extension EmbeddingError: CustomStringConvertible {
  /// One sentence with the facts, and what to do.
  public var description: String {
    switch self {
    case .noEmbedding(let path, let found):
      "\(path) holds no embedding: \(found.isEmpty ? "it has no tensors" : found.prefix(8).joined(separator: ", ")); "
        + "expected encoder states such as [1, 77, 768], one for each step such as [30, 77, 768], or token vectors such as "
        + "[4, 768]."
    case .unclear(let path, let name, let shape, let reason):
      "\(path): it cannot be told what \(name) \(shape) is: \(reason). Store encoder states as negative_prompt_embeds "
        + "[1, 77, D], token vectors as emb_params [n, D]."
    case .several(let path, let names, let hint):
      "\(path) holds \(names.prefix(8).joined(separator: ", ")), and it cannot be told which is meant. \(hint)"
    case .wrongKind(let path, let found, let expected, let hint):
      "\(path) holds \(found), expected \(expected). \(hint)"
    case .foreign(let path, let space, let model, let closeness):
      "\(path) belongs to the text space of \(space), which is \(closeness); the model's is \(model). Use an embedding that "
        + "was learned for this text encoder."
    case .badToken(let path, let token, let reason):
      "The token \"\(token)\" of \(path) cannot be used: \(reason). Choose another with \(field: .embeddings) FILE=TOKEN."
    case .malformedNote(let path, let key, let reason):
      "The note \(key) in \(path) cannot be read: \(reason). The file may come from another version, or have been edited."
    }
  }
}
