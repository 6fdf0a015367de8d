import ArgumentParser
import Foundation
import NegativeSpacePipelines

/// Prompts for what is to be seen, and for what is not.
struct PromptOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("What is to be seen. Empty (\"\") leaves it to the model.", valueName: "prompt"))
  var positional: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The same, as an option.", valueName: "text"))
  var prompt: String?

  @Option(
    help: ArgumentHelp("A file with one prompt a line; - is standard input.", valueName: "file"), completion: .file())
  var promptFile: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Words to avoid.", valueName: "text"))
  var negativePrompt: String?

  @Option(
    help: ArgumentHelp(
      "A file with the words to avoid, one line for all prompts or a line for each.", valueName: "file"),
    completion: .file())
  var negativePromptFile: String?

  @Option(
    help: ArgumentHelp(
      "A learned negative, encoder states [1, 77, D], one for each step [S, 77, D], or token vectors; adds to the negative prompt; may be repeated.",
      valueName: "file[:weight]"), completion: .file())
  var negativeEmbedding: [String] = []

  @Flag(help: "Interpolate a negative for each step, [S, 77, D], where the run has another number of steps.")
  var interpolateNegative = false

  @Option(
    help: ArgumentHelp(
      "Textual inversion: token vectors that either prompt may name by their token, or a folder of such; may be repeated.",
      valueName: "file[=token]"), completion: .file())
  var embedding: [String] = []

  @Option(
    help: ArgumentHelp(
      "What brackets mean: none (characters, as in diffusers), a1111 ((word:1.3), [word], BREAK; [from:to:when] and [a|b] change from step to step).",
      valueName: "name"))
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
    if negativePrompt != nil, negativePromptFile != nil {
      throw ValidationError("--negative-prompt and --negative-prompt-file were both given; choose one.")
    }
    if interpolateNegative, negativeEmbedding.isEmpty {
      throw ValidationError("--interpolate-negative wants --negative-embedding with a negative for each step.")
    }
  }

  /// The prompts, in order; empty lines of a file are left out.
  func prompts() throws -> [PromptPair] {
    let wanted = try (positional ?? prompt).map { [$0] } ?? promptFile.map { try PromptList(path: $0).texts } ?? []
    let avoided = try negativePromptFile.map { try PromptList(path: $0).texts } ?? [negativePrompt ?? ""]
    guard avoided.count == 1 || avoided.count == wanted.count else {
      throw ValidationError(
        "--negative-prompt-file has \(avoided.count) lines for \(wanted.count) prompts; expected one line for all of "
          + "them, or a line for each.")
    }
    return wanted.enumerated().map { index, prompt in
      PromptPair(positive: prompt, negative: avoided.count == 1 ? avoided[0] : avoided[index])
    }
  }

  func apply(to request: inout GenerationRequest) {
    request.negativeEmbeddings = negativeEmbedding.map { FileReference(weighted: $0) }
    request.interpolatesNegative = interpolateNegative
    request.embeddings = embedding.map { FileReference(tokened: $0) }
    (request.promptWeighting, request.longPrompt) = (promptWeighting, longPrompt)
  }
}

/// A prompt with the words to avoid for it.
struct PromptPair {
  let positive: String
  let negative: String
}
