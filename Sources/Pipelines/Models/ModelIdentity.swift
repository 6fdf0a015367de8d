import Foundation
package import NegativeSpaceWeights

/// A model's identity: its name and a hash of its contents.
///
/// The hash covers every file of the folder's parts: its name, its size, and its content, of which files beyond 1 MiB
/// give the first 64 KiB and 15 pieces of 64 KiB spread evenly over the rest. A single file counts as one of those, by
/// size and content. Any retraining changes the hash; reading gigabytes is not needed.
public struct ModelIdentity: Codable, Sendable, Hashable {
  /// The folder's or the file's name.
  public var name: String
  /// 64 hexadecimal digits.
  public var hash: String

  /// The identity of a folder or a single file.
  ///
  /// - Throws: `ModelError`.
  package init(_ source: any ModelSource) throws {
    var hash = SHA256()
    var parts = source.components.keys.sorted()
    if let checkpoint = source as? CheckpointFile {
      try Self.add(source.path, as: "checkpoint", to: &hash)
      parts = ["tokenizer"]
      // The checkpoint's own parts are the file.
      for part in checkpoint.lent {
        guard let path = checkpoint.lentFolder(part) else { continue }
        try Self.add(folder: path, as: part, to: &hash)
      }
    }
    for part in parts {
      guard let path = try? source.component(part).path else { continue }
      // ModelScope's parts are files.
      if fileKind(path) == .file {
        try Self.add(path, as: part, to: &hash)
        continue
      }
      try Self.add(folder: path, as: part, to: &hash)
    }
    name = URL(fileURLWithPath: source.path).lastPathComponent
    self.hash = hash.hexadecimal
  }

  /// A hash over names, sizes and content of files, as above.
  ///
  /// - Throws: `ModelError`.
  package static func hash(ofFiles paths: [String]) throws -> String {
    var hash = SHA256()
    for path in paths.sorted() { try add(path, as: URL(fileURLWithPath: path).lastPathComponent, to: &hash) }
    return hash.hexadecimal
  }

  private static let pieceSize = 64 << 10
  private static let wholeSize = 1 << 20

  private static func isContent(_ name: String) -> Bool {
    !name.hasPrefix(".") && [".safetensors", ".json", ".txt", ".bin", ".gguf"].contains { name.hasSuffix($0) }
  }

  /// Whether it is a file on a disk: a pipe would be waited for.
  private static func isPlain(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private static func add(folder path: String, as part: String, to hash: inout SHA256) throws {
    // A later copy of the weights in another format, or a note, does not make it another model.
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    // Of a cache whose blobs were tidied up, links may lead nowhere.
    for name in names where isContent(name) && isPlain("\(path)/\(name)") {
      try add("\(path)/\(name)", as: "\(part)/\(name)", to: &hash)
    }
  }

  private static func add(_ path: String, as name: String, to hash: inout SHA256) throws {
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      let size = Int(try file.seekToEnd())
      hash.update("\(name)\n\(size)\n".utf8)
      let starts =
        size <= wholeSize
        ? Array(stride(from: 0, to: size, by: pieceSize)) : (0..<16).map { (size - pieceSize) / 15 * $0 }
      for start in starts {
        try file.seek(toOffset: UInt64(start))
        hash.update(try file.read(upToCount: pieceSize) ?? Data())
      }
    } catch let error as ModelError {
      throw error
    } catch {
      throw ModelError.unreadable(path: path, reason: systemReason(error))
    }
  }
}

extension ModelIdentity {
  /// The identity of a model with the motion adapter that was named for it.
  ///
  /// - Throws: `ModelError`.
  init(_ files: ModelFiles) throws {
    try self.init(files.source)
    if let motion = files.motion { hash = try motion.hash(with: hash) }
  }
}
