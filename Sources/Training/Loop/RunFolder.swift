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
  /// - Throws: `FileError.unwritable`, `FileError.busy` where another process has it, `TrainingError.otherSettings`.
  package init(_ plan: TrainingPlan) throws {
    path = plan.folder
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError.unwritable(path: path, reason: error.localizedDescription)
    }
    lock = try FolderLock(path)
    Temporaries.sweep(path)
    try require(plan.allSettings)
  }

  private func require(_ settings: [String: String]) throws {
    let file = path + "/settings.json"
    let files = FileManager.default
    // Where nothing was trained yet, the settings may be any.
    let states = [TrainingCheckpoint(folder: path), TrainingCheckpoint(bestIn: path)].map(\.path)
    guard files.fileExists(atPath: file), states.contains(where: files.fileExists) else {
      let text = JSONValue.object(settings.mapValues { .string($0) }).text(indent: 2)
      return try OutputFile.write(text + "\n", to: file)
    }
    let known = try ConfigFile(path: file).fields
    let differences = Set(settings.keys).union(known.keys).sorted().compactMap { name -> SettingDifference? in
      var there: String?
      if case .string(let text) = known[name] { there = text }
      guard there != settings[name] else { return nil }
      return SettingDifference(name: name, there: there ?? "not set", asked: settings[name] ?? "not set")
    }
    guard differences.isEmpty else { throw TrainingError.otherSettings(folder: path, differences) }
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
    let adam = optimizer.adamW
    let own = [
      "learning rate":
        "up to \(learningRate.peak) in \(learningRate.warmup) steps, then to \(learningRate.floor) of it "
        + "along a cosine that ends at step \(learningRate.total)",
      "optimizer": "betas \(adam.beta1) and \(adam.beta2), epsilon \(adam.epsilon), decay \(adam.weightDecay), "
        + "gradients up to \(adam.maximumGradientNorm.map { "\($0)" } ?? "any length")"
        + (adam.clipsEachParameter ? " each" : "")
        + (optimizer.muon.map { ", Muon \($0.momentum), \($0.iterations), \($0.smallest)" } ?? ""),
      "average": "\(averageDecay)", "shards": "\(shards)", "steps between validations": "\(validateEvery)",
    ]
    return settings.merging(own) { $1 }
  }
}
