/// Why a configuration cannot be read or followed.
package enum ConfigurationError: Error, Hashable {
  case unreadable(file: String, reason: String)
  case tooLarge(file: String, bytes: Int, limit: Int)
  case invalidJSON(file: String, reason: String, byte: Int)
  case missingKey(file: String, key: String)
  /// A value of the wrong type, out of range, at odds with another one, or asking for a variant that does not exist
  /// here.
  ///
  /// No file is named for values that come from none; `owner` is the class whose configuration it is.
  case wrongValue(file: String? = nil, owner: String? = nil, key: String, found: String, expected: String)
  /// A configuration that is wrong as a whole.
  case refused(file: String, reason: String)

  /// The same error, with the place that the values came from where none is named yet.
  func located(in config: ConfigFile) -> ConfigurationError {
    guard case .wrongValue(nil, let owner, let key, let found, let expected) = self else { return self }
    return .wrongValue(file: config.file, owner: owner, key: config.full(key), found: found, expected: expected)
  }
}

extension ConfigurationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason): "Cannot read \(file): \(reason)."
    case .tooLarge(let file, let bytes, let limit):
      "\(file) has \(bytes) bytes; a configuration has at most \(limit). Is it the right file?"
    case .invalidJSON(let file, let reason, let byte): "\(file) is not valid JSON at byte \(byte): \(reason)."
    case .missingKey(let file, let key): "\(file) lacks the key \"\(key)\". Does it belong to this kind of model?"
    case .wrongValue(let file, let owner, let key, let found, let expected):
      [file, owner, "the configuration says \(key) = \(found), expected \(expected). "].compactMap { $0 }
        .joined(separator: ": ") + "Correct the file, or take the one that belongs to the model."
    case .refused(let file, let reason): "\(file): \(reason)"
    }
  }
}
