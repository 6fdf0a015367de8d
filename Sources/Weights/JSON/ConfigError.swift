/// Why a JSON configuration cannot be used.
package enum ConfigError: Error, Hashable {
  case unreadable(file: String, reason: String)
  case tooLarge(file: String, bytes: Int, limit: Int)
  case invalidJSON(file: String, reason: String, byte: Int)
  case missingKey(file: String, key: String)
  case wrongValue(file: String, key: String, found: String, expected: String)
  /// What a configuration type itself says against the file.
  case refused(file: String, reason: String)
  case unwritable(file: String, reason: String)
}

extension ConfigError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason): "Cannot read \(file): \(reason)."
    case .tooLarge(let file, let bytes, let limit):
      "\(file) has \(bytes) bytes; a configuration has at most \(limit). Is it the right file?"
    case .invalidJSON(let file, let reason, let byte): "\(file) is not valid JSON at byte \(byte): \(reason)."
    case .missingKey(let file, let key): "\(file) lacks the key \"\(key)\". Does it belong to this kind of model?"
    case .wrongValue(let file, let key, let found, let expected):
      "\(file): \"\(key)\" is \(found), expected \(expected)."
    case .refused(let file, let reason): "\(file): \(reason)"
    case .unwritable(let file, let reason): "Cannot write \(file): \(reason)."
    }
  }
}
