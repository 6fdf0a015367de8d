import Foundation

/// The log of a run: one CSV line a figure (seconds since 1970, step, name, value), easy to append to and to plot.
final class TrainingLog {
  private let handle: FileHandle

  /// Opens the log for a run that goes on from `firstStep`; lines of later steps, of a run that was cut off, are
  /// dropped.
  init(path: String, firstStep: Int) throws {
    let header = "time,step,figure,value"
    let old = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let kept = old.split(separator: "\n").dropFirst().filter { line in
      let fields = line.split(separator: ",")
      return fields.count == 4 && (Int(fields[1]) ?? .max) <= firstStep
    }
    let text = ([header] + kept.map(String.init)).joined(separator: "\n") + "\n"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try handle.seekToEnd()
  }

  func write(step: Int, _ name: String, _ value: Float) throws {
    let time = Int(Date().timeIntervalSince1970)
    try handle.write(contentsOf: Data("\(time),\(step),\(name),\(value)\n".utf8))
  }

  deinit { try? handle.close() }
}
