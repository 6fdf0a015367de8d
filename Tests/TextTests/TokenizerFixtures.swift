import Foundation
import NegativeSpaceText

/// Record of `Fixtures/make_tokenizer.py` for one text.
struct TokenizerCase: Decodable, Sendable {
  let text: String
  let ids: [Int]
  let count: Int
  let cut: Int
  let cutText: String
}

enum TokenizerFixtures {
  static func folder(_ name: String) -> URL {
    Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: name)
  }

  static func cases(_ name: String) throws -> [TokenizerCase] {
    try JSONDecoder().decode([TokenizerCase].self, from: Data(contentsOf: folder("\(name).expected.json")))
  }

  static func captions() throws -> [String] {
    try JSONDecoder().decode([String].self, from: Data(contentsOf: folder("captions.json")))
  }

  /// CLIP's own vocabulary, which lies beside the package on some machines and is not part of it.
  static var clip: URL? {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = package.deletingLastPathComponent().appending(path: "shared/data/clip-tokenizer")
    return FileManager.default.fileExists(atPath: folder.appending(path: "vocab.json").path) ? folder : nil
  }

  /// Runs `body` in a new folder that is removed afterwards.
  static func inTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tokenizer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
