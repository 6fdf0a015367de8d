import ArgumentParser
import Foundation
import Pipelines

/// What is to be seen, and what is not.
struct PromptOptions: ParsableArguments {
  @Argument(help: "What is to be seen. Empty (\"\") leaves it to the model.")
  var positional: String?

  @Option(name: .shortAndLong, help: "The same, as an option.")
  var prompt: String?

  @Option(help: ArgumentHelp("A file with one prompt a line; - is standard input.", valueName: "file"))
  var promptFile: String?

  @Option(name: .shortAndLong, help: "Words to avoid.")
  var negativePrompt = ""

  @Option(
    help: ArgumentHelp(
      "A learned negative in place of the negative prompt, [1, 77, D] in safetensors; may be repeated.",
      valueName: "file[:weight]"))
  var negativeEmbedding: [String] = []

  func validate() throws {
    let given = [positional != nil, prompt != nil, promptFile != nil].count { $0 }
    guard given == 1 else {
      throw ValidationError(
        given == 0
          ? "A prompt is missing. Give one, or \"\" to leave the subject to the model."
          : "The prompt was given \(given) times. Give it once: as an argument, with --prompt, or with --prompt-file.")
    }
  }

  /// The prompts, in order; empty lines of a file are left out.
  func prompts() throws -> [String] {
    if let prompt = positional ?? prompt { return [prompt] }
    guard let promptFile else { return [] }
    let data: Data
    if promptFile != "-" { _ = try fileKind(promptFile) }
    do {
      data =
        try promptFile == "-"
        ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(fileURLWithPath: promptFile))
    } catch {
      throw ModelError.unreadable(path: promptFile, reason: systemReason(error))
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ModelError.unreadable(path: promptFile, reason: "it is not UTF-8 text")
    }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    guard !lines.isEmpty else { throw ModelError.unreadable(path: promptFile, reason: "it has no line with a prompt") }
    return lines
  }

  func apply(to request: inout GenerationRequest) {
    request.negativePrompt = negativePrompt
    request.negativeEmbeddings = negativeEmbedding.map { FileReference(weighted: $0) }
  }
}
