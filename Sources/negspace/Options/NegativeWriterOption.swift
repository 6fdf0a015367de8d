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
    try self.init(NegativeWriter(path: locatedWriter(path)), for: model)
  }

  /// - Throws: errors in the folder's or the model's files.
  init(_ writer: NegativeWriter, for model: DiffusionModel) throws {
    self.writer = writer
    name = try writer.name
    (count, limit) = (try model.tokenCounter(), model.promptTokenLimit)
  }

  /// The negative for a prompt, cut to what the model's text encoder takes beside words that are there.
  ///
  /// - Throws: `GenerationError.cancelled`, `WriterError`.
  func words(
    for prompt: String, besides own: String, _ reporting: ReportingOptions,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> String {
    let room = own.isEmpty ? limit : limit - count(own + ", ")
    guard room > 0 else {
      reporting.note("Behind the negative prompt there is no room for what the writer would write.")
      return ""
    }
    do {
      let written = try writer.write(prompt, limit: room, count: count, isCancelled: isCancelled)
      for note in written.notes { reporting.note(note) }
      return written.text
    } catch is CancellationError {
      throw GenerationError.cancelled(phase: "writing a negative", latents: nil)
    }
  }

  /// Puts the negative for the request's prompt into it, behind words that are there, and says so.
  func write(
    into request: inout GenerationRequest, _ reporting: ReportingOptions, isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    let own = request.negativePrompt
    let written = try words(for: request.prompt, besides: own, reporting, isCancelled: isCancelled)
    reporting.note("Negative prompt for \"\(request.prompt)\": \"\(written)\"")
    request.negativePrompt = [own, written].filter { !$0.isEmpty }.joined(separator: ", ")
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
