import Foundation
import NegativeSpaceFiles

/// The log of a run: one CSV line a figure (seconds since 1970, step, name, value), easy to append to and to plot.
final class TrainingLog {
  /// What figures of a validation begin with.
  static let validation = "validation "

  private let handle: FileHandle

  /// Opens the log for a run that goes on from `firstStep`; lines of later steps, of a run that was cut off, are
  /// dropped.
  ///
  /// - Parameter isValidated: whether that step's validation was finished; else its lines are dropped, too.
  init(path: String, firstStep: Int, isValidated: Bool) throws {
    let header = "time,step,figure,value"
    let old = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    // A line without an end was cut off.
    let lines = old.split(separator: "\n").dropFirst().dropLast(old.hasSuffix("\n") ? 0 : 1)
    let kept = lines.filter { line in
      let fields = line.split(separator: ",")
      guard fields.count == 4, let step = Int(fields[1]) else { return false }
      return step < firstStep || step == firstStep && (isValidated || !fields[2].hasPrefix(Self.validation))
    }
    let text = ([header] + kept.map(String.init)).joined(separator: "\n") + "\n"
    try OutputFile.write(text, to: path)
    handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try handle.seekToEnd()
  }

  func write(step: Int, _ name: String, _ value: Float) throws {
    let time = Int(Date().timeIntervalSince1970)
    try handle.write(contentsOf: Data("\(time),\(step),\(name),\(value)\n".utf8))
  }

  deinit { try? handle.close() }
}
