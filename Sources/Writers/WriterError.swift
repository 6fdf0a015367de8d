/// Why a writer of negatives cannot be used.
public enum WriterError: Error, Hashable, CustomStringConvertible {
  /// A setting that cannot be followed, and what it may be.
  case setting(String, found: String, expected: String)
  /// A folder with another kind of model.
  case notAWriter(folder: String, found: String)
  /// A tokenizer that knows more tokens than the network.
  case vocabulary(folder: String, tokenizer: Int, network: Int)
  /// A folder that cannot be made.
  case unwritable(folder: String, reason: String)

  /// One sentence with both sides.
  public var description: String {
    switch self {
    case .setting(let name, let found, let expected):
      "\(name) is \(found); expected \(expected)."
    case .notAWriter(let folder, let found):
      "\(folder) holds \(found); expected a T5 as transformers saves it: config.json with the model_type t5, mt5 or umt5, "
        + "weights, and spiece.model or tokenizer.json."
    case .unwritable(let folder, let reason):
      "Cannot write \(folder): \(reason)."
    case .vocabulary(let folder, let tokenizer, let network):
      "The tokenizer of \(folder) has \(tokenizer) tokens, its network \(network); the two do not belong together."
    }
  }
}
