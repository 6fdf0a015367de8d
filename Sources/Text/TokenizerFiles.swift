import Foundation
import NegativeSpaceConfiguration

/// The files of a tokenizer folder, read as hostile input: bounded in size, every failure named.
struct TokenizerFiles {
  /// CLIP's own vocabulary has 1 MB; nothing sensible has more than this.
  static let sizeLimit = 64 << 20

  let folder: URL

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// The bytes of `name`; nil when there is no such file.
  func optional(_ name: String) throws(ConfigurationError) -> Data? {
    guard FileManager.default.fileExists(atPath: path(name)) else { return nil }
    return try ConfigFile.contents(ofFile: path(name), limit: Self.sizeLimit)
  }

  func required(_ name: String) throws -> Data {
    guard let data = try optional(name) else {
      throw TokenizerError.unreadable(file: path(name), reason: "there is no such file")
    }
    return data
  }

  /// The JSON object in `name`; nil when there is no such file.
  func json(_ name: String) throws -> ConfigFile? {
    try optional(name).map { try ConfigFile(parsing: $0, file: path(name)) }
  }
}
