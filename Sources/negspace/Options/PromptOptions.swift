import ArgumentParser
import Foundation
import NegativeSpacePipelines

/// Prompts for what is to be seen, and for what is not.
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
      "A learned negative, encoder states [1, 77, D], one for each step [S, 77, D], or token vectors; adds to the negative prompt; may be repeated.",
      valueName: "file[:weight]"))
  var negativeEmbedding: [String] = []

  @Flag(help: "Interpolate a negative for each step, [S, 77, D], where the run has another number of steps.")
  var interpolateNegative = false

  @Option(
    help: ArgumentHelp(
      "Textual inversion: token vectors that either prompt may name by their token; may be repeated.",
      valueName: "file[=token]"))
  var embedding: [String] = []

  @Option(help: "What brackets mean: none (characters, as in diffusers), a1111 ((word:1.3), [word], BREAK).")
  var promptWeighting = PromptWeighting.none

  @Option(
    help: "Prompts beyond 75 tokens: cut (with a warning), chunks. (default: cut; chunks with --prompt-weighting a1111)"
  )
  var longPrompt: LongPrompt?

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
    return try promptFile.map { try PromptList(path: $0).texts } ?? []
  }

  func apply(to request: inout GenerationRequest) {
    request.negativePrompt = negativePrompt
    request.negativeEmbeddings = negativeEmbedding.map { FileReference(weighted: $0) }
    request.interpolatesNegative = interpolateNegative
    request.embeddings = embedding.map { FileReference(tokened: $0) }
    (request.promptWeighting, request.longPrompt) = (promptWeighting, longPrompt)
  }
}
