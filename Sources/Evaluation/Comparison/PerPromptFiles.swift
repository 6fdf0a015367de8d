import Foundation
import NegativeSpacePipelines

/// Folders with a file for each prompt.
enum PerPromptFiles {
  /// As many files as prompts, in the order of their names: `2.png` before `10.png`.
  ///
  /// - Throws: `ModelError.unreadable`, `EvaluationError.fileCount`.
  static func inOrder(_ folder: String, endings: [String], prompts: [String]) throws -> [String] {
    let files = try files(folder, endings: endings)
    guard files.count == prompts.count else {
      throw EvaluationError.fileCount(folder: folder, files: files.count, prompts: prompts.count)
    }
    return files
  }

  /// An embedding for each prompt: the one whose note names it; if no note names any of the prompts, in the order of
  /// their names.
  ///
  /// - Throws: `ModelError.unreadable`, `EvaluationError`.
  static func embeddings(_ folder: String, prompts: [String]) throws -> [String] {
    let files = try files(folder, endings: NegativeArm.endings)
    var byPrompt: [String: String] = [:]
    for file in files {
      // A file that cannot be read is refused with its own words when it is used.
      guard let prompt = (try? NegativeEmbedding(contentsOf: file))?.provenance?.prompts else { continue }
      byPrompt[prompt] = file
    }
    guard prompts.contains(where: { byPrompt[$0] != nil }) else {
      return try inOrder(folder, endings: NegativeArm.endings, prompts: prompts)
    }
    return try prompts.map { prompt in
      guard let file = byPrompt[prompt] else { throw EvaluationError.noEmbedding(folder: folder, prompt: prompt) }
      return file
    }
  }

  private static func files(_ folder: String, endings: [String]) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .filter { name in !name.hasPrefix(".") && endings.contains { name.lowercased().hasSuffix($0) } }
        .sorted { $0.compare($1, options: .numeric) == .orderedAscending }
        .map { "\(folder)/\($0)" }
    } catch {
      throw ModelError.unreadable(path: folder, reason: systemReason(error))
    }
  }
}
