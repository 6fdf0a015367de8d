import ArgumentParser
import Foundation
import NegativeSpacePipelines
import NegativeSpaceWriters

/// A writer of negatives for a run.
struct NegativeWriterOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A writer (negspace learn negopt) writes each prompt's negative; with --negative-prompt the two are joined.",
      valueName: "folder"), completion: .directory)
  var negativeWriter: String?
}

/// A writer that is read, with what it wrote, for the model whose tokens count.
struct RunWriter {
  private let writer: NegativeWriter
  private let name: String
  private let count: (String) -> Int
  private let limit: Int

  /// - Throws: `WriterError`, errors in the folder's files.
  init(path: String, for model: DiffusionModel) throws {
    writer = try NegativeWriter(path: locatedWriter(path))
    name = try writer.name
    (count, limit) = (try model.tokenCounter(), model.promptTokenLimit)
  }

  /// Puts the negative for the request's prompt into it, behind words that are there, and says so.
  func write(
    into request: inout GenerationRequest, _ reporting: ReportingOptions, isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    let own = request.negativePrompt
    let room = own.isEmpty ? limit : max(1, limit - count(own + ", "))
    let written: WrittenNegative
    do {
      written = try writer.write(request.prompt, limit: room, count: count, isCancelled: isCancelled)
    } catch is CancellationError {
      throw GenerationError.cancelled(phase: "writing a negative", latents: nil)
    }
    for note in written.notes { reporting.note(note) }
    reporting.note("Negative prompt for \"\(request.prompt)\": \"\(written.text)\"")
    request.negativePrompt = [own, written.text].filter { !$0.isEmpty }.joined(separator: ", ")
    request.negativeWriter = name
  }
}

extension NegativeWriter {
  /// The folder's name and the beginning of a hash over its files.
  ///
  /// - Throws: `ModelError`.
  var name: String {
    get throws {
      let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
        !name.hasPrefix(".") && [".safetensors", ".json", ".bin", ".model"].contains { name.hasSuffix($0) }
      }
      let hash = try ModelIdentity.hash(ofFiles: names.map { "\(path)/\($0)" })
      return "\(URL(fileURLWithPath: path).lastPathComponent) \(hash.prefix(16))"
    }
  }
}
