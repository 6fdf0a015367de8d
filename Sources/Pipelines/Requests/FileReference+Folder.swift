import Foundation
import NegativeSpaceFiles
import NegativeSpaceWeights

extension FileReference {
  /// Endings of the files that a folder of learned words is made of.
  private static let wordEndings: Set = ["safetensors", "pt", "bin"]

  /// The references to learned words' files that this one means: itself, or the files of the folder at its path, by
  /// name, such as a word to say and a word to avoid.
  ///
  /// - Throws: `RequestError` for a folder without any, or with a token: each word has its own.
  func wordFiles() throws -> [FileReference] {
    guard !isInMemory, fileKind(path) == .folder else { return [self] }
    if let token {
      throw RequestError(
        .embeddings, found: "\(path)=\(token), a folder",
        expected: "a file before the equals sign; the words of a folder have their own tokens")
    }
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
      throw ModelError.unreadable(path: path, reason: systemReason(error))
    }
    guard !names.contains("checkpoint.safetensors") else {
      throw RequestError(
        .embeddings, found: "\(path), the folder of a run",
        expected: "words that were learned: the run's result lies beside its folder")
    }
    let files = names.filter {
      !$0.hasPrefix(".") && Self.wordEndings.contains($0.pathEnding.lowercased())
    }
    .sorted().map { "\(path)/\($0)" }.filter { fileKind($0) == .file }
    guard !files.isEmpty, files.count <= GenerationRequest.listLimit else {
      throw RequestError(
        .embeddings, found: "\(path), a folder with \(files.count) files of learned words",
        expected:
          "1 to \(GenerationRequest.listLimit), \(Self.wordEndings.sorted().map { "." + $0 }.joined(separator: ", "))")
    }
    return files.map { FileReference(path: $0) }
  }
}
