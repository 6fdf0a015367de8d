/// Why a file of rows cannot be read.
public enum TableError: Error, Hashable, CustomStringConvertible {
  case unreadable(file: String, reason: String)
  /// Bytes that are not what the format asks for; `place` is a line or a byte.
  case damaged(file: String, place: String, reason: String)
  /// A variant of the format that is not read.
  case unsupported(file: String, what: String, hint: String)
  case missingColumns(file: String, missing: [String], found: [String])

  /// One sentence with both sides.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "Cannot read \(file): \(reason)."
    case .damaged(let file, let place, let reason): "\(file), \(place): \(reason)."
    case .unsupported(let file, let what, let hint): "\(file) has \(what), which is not read. \(hint)"
    case .missingColumns(let file, let missing, let found):
      "\(file) lacks the column \(missing.map { "\"\($0)\"" }.joined(separator: " and ")); it has "
        + (found.isEmpty ? "none." : found.map { "\"\($0)\"" }.joined(separator: ", ") + ".")
    }
  }
}
