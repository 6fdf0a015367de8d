import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles

/// The folder of a run: one process works in it at a time, and what is trained in it is one thing.
///
/// `settings.json` holds all that the run's result depends on. A run that is started again with others is refused,
/// since it would go on from the state of another.
package final class RunFolder {
  package let path: String
  private let lock: FolderLock

  /// Makes the folder, takes it, and writes the settings or compares them.
  ///
  /// - Parameter derived: names of files and folders within it that are made before the first checkpoint: those of
  ///   other settings are removed.
  /// - Throws: `FileError.unwritable`, `FileError.busy` where another process has it, `TrainingError.otherSettings`.
  package convenience init(_ plan: TrainingPlan, derived: [String] = []) throws {
    try self.init(plan.folder, settings: plan.allSettings, derived: derived) { folder in
      [TrainingCheckpoint(folder: folder), TrainingCheckpoint(bestIn: folder)].contains {
        FileManager.default.fileExists(atPath: $0.path)
      }
    }
  }

  /// The folder of work that is no training.
  ///
  /// - Parameter isBegun: whether it holds results already, to which others must not be added.
  package init(
    _ folder: String, settings: [String: String], derived: [String] = [], isBegun: (String) -> Bool
  ) throws {
    path = folder
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError.unwritable(path: path, reason: fileReason(error))
    }
    lock = try FolderLock(path)
    Temporaries.sweep(path)
    // One that an archive brought would keep the run waiting for ever.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      if let reason = specialFile("\(path)/\(name)") {
        throw FileError.unwritable(path: "\(path)/\(name)", reason: reason)
      }
    }
    try require(settings, derived: derived, isBegun: isBegun(path))
  }

  private func require(_ settings: [String: String], derived: [String], isBegun: Bool) throws {
    let file = path + "/settings.json"
    // Imported weights, and those of a new phase, have made no step under any settings.
    let isKnown = FileManager.default.fileExists(atPath: file) || TrainingCheckpoint(folder: path).isOfNoStep
    guard !isBegun || isKnown else {
      throw TrainingError.missingInput(
        "\(path) holds what was made already, but no settings.json that says of what; expected another folder")
    }
    // Where nothing was made yet, the settings may be any.
    guard FileManager.default.fileExists(atPath: file), isBegun else {
      guard (try? differences(settings)) != [] else { return }
      // What other settings led to goes first: a run that is killed here finds neither.
      for name in derived where !isBegun { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
      let text = JSONValue.object(settings.mapValues { .string($0) }).text(indent: 2)
      return try OutputFile.write(text + "\n", to: file)
    }
    let differences = try differences(settings)
    guard differences.isEmpty else { throw TrainingError.otherSettings(folder: path, differences) }
  }

  /// What `settings.json` has otherwise.
  ///
  /// - Throws: `ConfigurationError` where it is not there, or no JSON.
  private func differences(_ settings: [String: String]) throws -> [SettingDifference] {
    let known = try ConfigFile(path: path + "/settings.json").fields
    return Set(settings.keys).union(known.keys).sorted().compactMap { name -> SettingDifference? in
      var there: String?
      if case .string(let text) = known[name] { there = text }
      guard there != settings[name] else { return nil }
      return SettingDifference(name: name, there: there ?? "not set", asked: settings[name] ?? "not set")
    }
  }
}

/// A setting of a run's folder that is asked for otherwise.
package struct SettingDifference: Sendable, Hashable {
  package let name: String
  package let there: String
  package let asked: String

  package init(name: String, there: String, asked: String) {
    (self.name, self.there, self.asked) = (name, there, asked)
  }
}

extension TrainingPlan {
  /// What the result depends on: the task's settings and the plan's own.
  ///
  /// The number of steps is not among them, but the cosine that a learning rate falls along is.
  var allSettings: [String: String] {
    let own = [
      "learning rate":
        "up to \(learningRate.peak) in \(learningRate.warmup) steps, then to \(learningRate.floor) of it "
        + "along a cosine that ends at step \(learningRate.total)",
      "optimizer": optimizer.summary,
      "average": "\(averageDecay)", "shards": "\(shards)", "steps between validations": "\(validateEvery)",
    ]
    return settings.merging(own) { $1 }
  }
}
