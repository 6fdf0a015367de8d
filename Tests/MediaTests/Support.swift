import Foundation
import NegativeSpaceMedia

/// The bytes of a fixture.
func fixture(_ name: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(filePath: fixturePath(name))))
}

/// Path of a fixture.
func fixturePath(_ name: String) -> String {
  Bundle.module.bundleURL.appending(path: "Fixtures/\(name)").path
}

/// An empty folder that goes with the value.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "media-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  func path(_ name: String) -> String { url.appending(path: name).path }

  /// Everything in the folder, hidden files too.
  var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// Writes a file.
func write(_ bytes: [UInt8], to path: String) throws {
  try Data(bytes).write(to: URL(filePath: path))
}

/// The check sum of a PNG chunk, bit by bit from its definition (PNG specification, Annex D).
func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  var sum: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }
  return ~sum
}

/// As `scene`, with soft edges, which halved colours can hold.
func smoothScene(width: Int, height: Int, time: Double = 0) -> Picture {
  scene(width: width * 4, height: height * 4, time: time).resized(width: width, height: height, filter: .bilinear)
    .resized(width: width / 2, height: height / 2, filter: .bilinear)
    .resized(width: width, height: height, filter: .bicubic)
}

/// Something to look at: a soft gradient with a disc at `time` of its way, no two rows or columns alike.
func scene(width: Int, height: Int, time: Double = 0) -> Picture {
  var picture = Picture(width: width, height: height, red: 0, green: 0, blue: 0)
  let radius = Double(min(width, height)) / 4
  for y in 0..<height {
    for x in 0..<width {
      let dx = Double(x) - Double(width) * (0.25 + 0.5 * time), dy = Double(y) - Double(height) / 2
      let isInside = dx * dx + dy * dy < radius * radius
      picture[x, y] =
        isInside
        ? (220, 40, 30)
        : (UInt8(40 + 160 * x / width), UInt8(60 + 120 * y / height), UInt8(200 - 100 * x / width))
    }
  }
  return picture
}

/// Peak signal-to-noise ratio in decibels; infinite where the pictures are equal.
func signalToNoise(_ a: [UInt8], _ b: [UInt8]) -> Double {
  guard a.count == b.count, !a.isEmpty else { return -.infinity }
  let squares = zip(a, b).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
  return 10 * log10(255 * 255 / (squares / Double(a.count)))
}

/// The greatest difference between two rows of values.
func greatestDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
  guard a.count == b.count else { return .max }
  return zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
}

/// A program of this machine, or nil where it has none of that name.
func program(_ name: String) -> URL? {
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return folders.map { URL(filePath: "\($0)/\(name)") }
    .first { FileManager.default.isExecutableFile(atPath: $0.path) }
}

/// Standard output of a program.
func output(of program: URL, _ arguments: [String]) throws -> Data {
  let process = Process()
  let pipe = Pipe()
  process.executableURL = program
  process.arguments = arguments
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return data
}
