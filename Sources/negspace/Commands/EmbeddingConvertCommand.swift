import ArgumentParser
import NegativeSpacePipelines

/// `negspace embedding convert`: an embedding for another program, or from one.
struct EmbeddingConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write an embedding as another kind of file, always safetensors.",
    discussion: """
      Encoder states:  negspace (with its notes), negative_prompt_embeds (the tensor alone)
      Token vectors:   a1111 (emb_params), diffusers (the token), comfyui (clip_l, clip_h, clip_g)

      Examples:
        negspace embedding convert reneg.bin reneg.safetensors
        negspace embedding convert word.pt word.safetensors --to comfyui
      """)

  @Argument(help: ArgumentHelp("The file to read.", valueName: "file"), completion: .file())
  var input: String

  @Argument(help: ArgumentHelp("The file to write.", valueName: "path"), completion: .file())
  var output: String

  @Option(
    help: "negspace, negative_prompt_embeds, a1111, diffusers, comfyui. (default: the kind's usual, or from that back)")
  var to: EmbeddingConversion.Form?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The model whose text space it belongs to, to be noted in the file. Nothing checks it but you.", valueName: "path"
    ), completion: .file())
  var model: String?

  @OptionGroup(title: "Model") var files: ModelFileOptions

  @Option(help: "How the word of token vectors is written in prompts.")
  var token: String?

  @OptionGroup(title: "Reporting") var reporting: ReportingOptions

  private struct Outcome: Encodable {
    let path: String
    let form: EmbeddingConversion.Form
  }

  func run() throws {
    try GenerationOutput.checkWritable(output)
    var conversion = try EmbeddingConversion(contentsOf: input)
    if let token { try conversion.rename(to: token) }
    if let model { try conversion.belongs(to: DiffusionModel(path: model, options: files.options)) }
    let form = to ?? conversion.usualForm
    try conversion.write(to: output, as: form)
    reporting.detail("Written as \(form.rawValue).")
    if reporting.json {
      try Console.result(json: Outcome(path: output, form: form))
    } else {
      try Console.result(output)
    }
  }
}
