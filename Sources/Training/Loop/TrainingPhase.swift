import Foundation
import NegativeSpaceFiles

/// A new phase of a run: the weights that it has so far, to be trained on with other settings.
///
/// What the earlier phase says of itself stays beside it, as `phase-1-settings.json` and `phase-1-log.csv`.
package struct TrainingPhase {
  private let folder: String

  /// - Parameter folder: a run's.
  package init(folder: String) { self.folder = folder }

  /// Makes the averaged weights the new ones; steps count from 0, and the optimiser remembers nothing.
  ///
  /// Cut off anywhere it can be done again.
  /// - Throws: `TrainingError.missingInput` where the run has no checkpoint, `FileError.busy` where a process works in it.
  package func begin() throws {
    let checkpoint = TrainingCheckpoint(folder: folder)
    // Before a lock is made in a folder that is not there.
    _ = try checkpoint.averages()
    let lock = try FolderLock(folder)
    try withExtendedLifetime(lock) {
      let weights = try checkpoint.averages().tensors
      try checkpoint.save(weights.mapValues { Parameter($0) }, step: 0)
      try? FileManager.default.removeItem(atPath: TrainingCheckpoint(bestIn: folder).path)
      try? FileManager.default.removeItem(atPath: TrainingReview.path(in: folder))
      let number = (1...).first { !exists("phase-\($0)-settings.json") } ?? 1
      for name in ["log.csv", "settings.json"] where exists(name) {
        try FileManager.default.moveItem(atPath: "\(folder)/\(name)", toPath: "\(folder)/phase-\(number)-\(name)")
      }
    }
  }

  private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }
}
