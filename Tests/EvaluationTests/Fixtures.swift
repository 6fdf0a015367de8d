import Foundation

/// Files beside the tests, and tiny models that the pipelines' tests keep.
enum Fixtures {
  static func data(_ name: String) throws -> Data {
    try Data(contentsOf: Bundle.module.bundleURL.appending(path: "Fixtures/\(name)"))
  }

  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  static let models = repository + "/Tests/PipelinesTests/Fixtures"
  static let image = models + "/tiny-image"
  static let video = models + "/tiny-video"
  static let judge = AppleJudge()

  /// A folder of its own for each test, gone afterwards.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "negspace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }
}
