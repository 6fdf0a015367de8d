import ArgumentParser
import NegativeSpacePipelines

/// `negspace embedding`: prompts and learned negatives as a text encoder sees them.
struct EmbeddingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embedding", abstract: "Make, look at and convert embedding files.",
    subcommands: [EmbeddingEncodeCommand.self, EmbeddingInspectCommand.self, EmbeddingConvertCommand.self])
}

/// `negspace embedding encode`: a text to a file of encoder states.
struct EmbeddingEncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Encode a text with a model's text encoder.",
    discussion: """
      Writes prompt_embeds [1, 77, D] float32 and input_ids [1, 77] int64 as safetensors.

      Examples:
        negspace embedding encode "a red apple" -o apple.safetensors
      """)

  @Argument(help: "The text.")
  var text: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A model, or a text encoder alone: a folder or a file. (default: Models/emoji-image)", valueName: "path"),
    completion: .file())
  var model: String?

  @OptionGroup(title: "Model") var files: ModelFileOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The file.", valueName: "file"), completion: .file())
  var output: String

  @Option(help: "Which layer of the text encoder is used, counted from the end: 1 is the last, 2 the penultimate.")
  var clipSkip = 1

  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  private struct Outcome: Encodable {
    let path: String
    let shape: [Int]
    let input_ids: [Int]
  }

  func run() throws {
    try GenerationOutput.checkWritable(output)
    let encoder = try TextEncoder(
      path: model ?? DefaultModel.folder(DefaultModel.name(.image)), options: files.options)
    let embedding = try PromptEmbedding(of: text, by: encoder, clipSkip: clipSkip)
    if let warning = embedding.warning { Console.message("Warning: \(warning)") }
    try embedding.write(to: output)
    let outcome = Outcome(path: output, shape: [1, embedding.ids.count, embedding.width], input_ids: embedding.ids)
    if reporting.json { try Console.result(json: outcome) } else { try Console.result(output) }
  }
}
