import Foundation

enum WeightsFixtures {
  static func path(_ name: String) -> String {
    Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: name).path
  }

  static func data(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: path(name))) }

  /// Runs `body` with the path of a new folder that is removed afterwards.
  static func inTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weights-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  /// Runs `body` with a copy of the pipeline fixture that it may change.
  static func withPipelineCopy<Result>(_ body: (String) throws -> Result) throws -> Result {
    try inTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: path("pipeline"), toPath: folder + "/pipeline")
      return try body(folder + "/pipeline")
    }
  }

  static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  static func write(_ data: Data, to path: String) throws { try data.write(to: URL(filePath: path)) }

  /// A safetensors file with this header and as many zero bytes.
  static func safetensors(header: String, dataBytes: Int) -> Data {
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data += Data(header.utf8)
    data += Data(count: dataBytes)
    return data
  }

  /// `whole` cut at every sixteenth, and with a few random bits turned over.
  static func damaged(_ whole: Data, flips: Int, in range: Range<Int>? = nil) -> [Data] {
    var variants = (0..<16).map { Data(whole.prefix(whole.count * $0 / 16)) }
    for _ in 0..<flips {
      var copy = whole
      for _ in 0..<Int.random(in: 1...6) {
        copy[Int.random(in: range ?? 0..<copy.count)] ^= 1 << Int.random(in: 0..<8)
      }
      variants.append(copy)
    }
    return variants
  }
}

/// Another outcome than the test asks for.
struct Unexpected: Error {}
