import ArgumentParser
import NegativeSpacePipelines

/// `negspace model convert`: a model as a folder that diffusers opens.
struct ModelConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Write a model as a folder in diffusers' layout, with safetensors.",
    discussion: """
      Nothing is rounded unless --dtype asks for it. A single file needs --tokenizer.

      Examples:
        negspace model convert model.safetensors -o model
      """)

  @Argument(
    help: ArgumentHelp(
      "A model folder, or a single file of Stable Diffusion (.safetensors, .ckpt).", valueName: "path"),
    completion: .file())
  var path: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write.", valueName: "dir"), completion: .file())
  var output: String

  @Option(help: "What the weights are stored in: float32, float16, bfloat16. (default: as they are)")
  var dtype: ModelConversion.StorageType?

  @OptionGroup(title: "Model") var model: ModelFileOptions

  @Flag(name: .shortAndLong, help: "Say nothing but errors on standard error.")
  var quiet = false

  func run() throws {
    let interruption = Interruption()
    try ModelConversion(path: path, options: model.options).write(to: output, dtype: dtype) {
      if !quiet { Console.message($0) }
      if interruption.isRaised { throw GenerationError.cancelled(phase: "converting, after \($0)", latents: nil) }
    }
    try Console.result(output)
  }
}
