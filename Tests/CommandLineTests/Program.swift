import Foundation
import Synchronization
import Testing

/// The built program, run as a user runs it.
struct Program {
  /// Result of a run.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Tiny models with random weights, which the pipelines' tests keep.
  static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "PipelinesTests/Fixtures").path
  /// The models that ship.
  static let family = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Models").path
  static let image = models + "/tiny-image"
  static let video = models + "/tiny-video"

  /// Beside the test bundle, where the package is built.
  static let url = Bundle.module.bundleURL.deletingLastPathComponent().appending(path: "negspace")

  /// A folder of its own for each test, gone afterwards.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "negspace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  /// Everything in a folder, hidden files too.
  static func contents(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - interruptAt: words on standard error upon which the program is sent `signal`.
  static func run(
    _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:], input: String? = nil,
    interruptAt words: String? = nil, signal number: Int32 = SIGINT
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, errors, standardInput) = (Pipe(), Pipe(), Pipe())
    (process.standardOutput, process.standardError, process.standardInput) = (output, errors, standardInput)
    try process.run()
    if let input { try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    try standardInput.fileHandleForWriting.close()

    // Standard output beside it: neither may wait for the other to be read.
    let results = Mutex(Data())
    let isRead = DispatchSemaphore(value: 0)
    let reader = output.fileHandleForReading
    Thread.detachNewThread {
      let all = (try? reader.readToEnd()) ?? Data()
      results.withLock { $0 = all }
      isRead.signal()
    }
    var said = Data()
    var isInterrupted = false
    while true {
      let piece = errors.fileHandleForReading.availableData
      if piece.isEmpty { break }
      said += piece
      if let words, !isInterrupted, String(decoding: said, as: UTF8.self).contains(words) {
        kill(process.processIdentifier, number)
        isInterrupted = true
      }
    }
    isRead.wait()
    let result = results.withLock { $0 }
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: result, as: UTF8.self),
      errors: String(decoding: said, as: UTF8.self))
  }
}
