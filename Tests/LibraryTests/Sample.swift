import Foundation
import Testing

/// One of the programs of Samples/Library, as the package builds it beside its tests.
enum Sample {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  /// Tiny models with random weights, which the pipelines' tests keep.
  static let image = repository + "/Tests/PipelinesTests/Fixtures/tiny-image"
  static let video = repository + "/Tests/PipelinesTests/Fixtures/tiny-video"
  static let reward = repository + "/Models/emoji-reward"

  /// The text of a sample's only file.
  static func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(repository)/Samples/Library/Sources/\(name)/main.swift", encoding: .utf8)
  }

  /// A folder of its own for each test, gone afterwards.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "library-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  /// Whether the models that ship are made use of in seconds.
  static var isOptimized: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }

  /// A folder in `folder` with tiny models in the place of those that ship.
  static func tinyModels(in folder: String) throws -> String {
    let files = FileManager.default
    let models = folder + "/models"
    try files.createDirectory(atPath: models, withIntermediateDirectories: true)
    for (name, place) in ["emoji-image": image, "emoji-video": video, "emoji-reward": reward] {
      try files.createSymbolicLink(atPath: "\(models)/\(name)", withDestinationPath: place)
    }
    return models
  }

  /// Runs a sample in `folder` to its end.
  ///
  /// - Parameter models: its argument; nil is none, for the models that ship.
  static func run(_ name: String, in folder: String, models: String?) throws {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
      .appending(path: "NegativeSpaceSample\(name)")
    process.arguments = models.map { [$0] } ?? []
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(name) ended with \(process.terminationStatus)")
  }
}
