package import Foundation
import NegativeSpaceFiles

/// A JSON object from a file, read key by key with errors that name both.
///
/// A key whose value is null counts as absent: Python writes `None` for what is left to the default.
package struct ConfigFile: Sendable, Hashable {
  package let file: String
  package let fields: [String: JSONValue]
  /// The dotted keys that lead to this object; empty for the whole file.
  let path: String
  /// The class whose configuration it is, once that is known.
  let owner: String?

  /// - Parameter limit: bytes; real configurations have a few kilobytes, the index of a sharded model some hundred.
  /// - Throws: `ConfigurationError`.
  package init(path: String, limit: Int = 16 << 20) throws {
    try self.init(parsing: Self.contents(ofFile: path, limit: limit), file: path)
  }

  /// - Throws: `ConfigurationError`.
  package init(parsing data: Data, file: String) throws {
    let value = try JSONValue(parsing: data, file: file)
    guard case .object(let fields) = value else {
      throw ConfigurationError.refused(file: file, reason: "It holds \(value.kind), not a JSON object.")
    }
    self.init(file: file, fields: fields)
  }

  package init(file: String, fields: [String: JSONValue]) {
    self.init(file: file, fields: fields, path: "", owner: nil)
  }

  init(file: String, fields: [String: JSONValue], path: String, owner: String?) {
    (self.file, self.fields, self.path, self.owner) = (file, fields, path, owner)
  }

  /// The bytes of a file that has no more than `limit` of them.
  ///
  /// - Throws: `ConfigurationError.unreadable`, `.tooLarge`.
  package static func contents(ofFile path: String, limit: Int) throws(ConfigurationError) -> Data {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw .unreadable(file: path, reason: "it is a folder")
    }
    if let reason = specialFile(path) { throw .unreadable(file: path, reason: reason) }
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      data = try handle.read(upToCount: limit + 1) ?? Data()
    } catch {
      throw .unreadable(file: path, reason: fileReason(error))
    }
    guard data.count <= limit else { throw .tooLarge(file: path, bytes: data.count, limit: limit) }
    return data
  }

  /// The value of `key`; nil when it is absent or null.
  package subscript(_ key: String) -> JSONValue? { fields[key].flatMap { $0 == .null ? nil : $0 } }

  // MARK: Objects inside

  /// The object under `key`, read the same way.
  package func section(_ key: String, default fallback: [String: JSONValue]? = nil) throws -> ConfigFile {
    try inner(key, value(key, default: fallback))
  }

  /// The objects of the list under `key`, read the same way.
  package func sections(_ key: String, default fallback: [[String: JSONValue]]? = nil) throws -> [ConfigFile] {
    try value(key, default: fallback).enumerated().map { inner("\(key).\($0)", $1) }
  }

  private func inner(_ key: String, _ fields: [String: JSONValue]) -> ConfigFile {
    ConfigFile(file: file, fields: fields, path: full(key), owner: owner)
  }

  /// `key` with what leads to it.
  func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  // MARK: Errors

  /// The error for a wrong value of `key`.
  ///
  /// - Parameter found: the value itself where nothing is said.
  package func error(_ key: String, found: String? = nil, expected: String) -> ConfigurationError {
    .wrongValue(
      file: file, owner: owner, key: full(key), found: found ?? (fields[key] ?? .null).kind, expected: expected)
  }
}
