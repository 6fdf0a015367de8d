import Foundation
import NegativeSpacePipelines
import NegativeSpaceWeights

/// A file with one prompt a line, or standard input.
struct PromptList {
  /// The prompts, in order; empty lines are left out.
  let texts: [String]
  /// Name of the list.
  let name: String

  /// - Parameter path: `-` is standard input.
  /// - Throws: `ModelError.unreadable`.
  init(path: String) throws {
    if path != "-" { _ = try existingKind(path) }
    let data: Data
    do {
      data =
        try path == "-"
        ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ModelError.unreadable(path: path, reason: systemReason(error))
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ModelError.unreadable(path: path, reason: "it is not UTF-8 text")
    }
    texts = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    guard !texts.isEmpty else { throw ModelError.unreadable(path: path, reason: "it has no line with a prompt") }
    name = path == "-" ? "standard input" : URL(fileURLWithPath: path).lastPathComponent
  }
}
