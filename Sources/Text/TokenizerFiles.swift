import Foundation

/// The files of a tokenizer folder, read as hostile input: bounded in size, every failure named.
struct TokenizerFiles {
  /// CLIP's own vocabulary has 1 MB; nothing sensible has more than this.
  static let sizeLimit = 64 << 20

  let folder: URL

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// The bytes of `name`; nil when there is no such file.
  func optional(_ name: String) throws(TokenizerError) -> Data? {
    let path = path(name)
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return nil }
    if isDirectory.boolValue { throw .unreadable(file: path, reason: "it is a folder") }
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      let data = try handle.read(upToCount: Self.sizeLimit + 1) ?? Data()
      guard data.count <= Self.sizeLimit else {
        throw TokenizerError.tooLarge(file: path, bytes: data.count, limit: Self.sizeLimit)
      }
      return data
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw .unreadable(file: path, reason: error.localizedDescription)
    }
  }

  func required(_ name: String) throws(TokenizerError) -> Data {
    guard let data = try optional(name) else { throw .unreadable(file: path(name), reason: "there is no such file") }
    return data
  }

  /// `name` decoded; nil when there is no such file.
  func json<Value: Decodable>(_ type: Value.Type, _ name: String) throws(TokenizerError) -> Value? {
    guard let data = try optional(name) else { return nil }
    return try decode(type, data, name)
  }

  func decode<Value: Decodable>(_ type: Value.Type, _ data: Data, _ name: String) throws(TokenizerError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw .invalidJSON(file: path(name), reason: Self.reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "the key \"\(key.stringValue)\" is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "at \(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
    case DecodingError.dataCorrupted(let context): context.debugDescription
    default: error.localizedDescription
    }
  }
}
