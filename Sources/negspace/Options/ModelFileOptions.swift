import ArgumentParser
import NegativeSpacePipelines

/// Options of the model beside its path.
struct ModelFileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "For a single file: a model folder whose configurations hold, and whose parts where the file lacks them; or the original yaml. (default: by the tensors' shapes)",
      valueName: "path"), completion: .file())
  var config: String?

  @Option(
    help: ArgumentHelp(
      "The tokenizer's folder; a single file has none of its own. (default: beside it, else CLIP's on this machine)",
      valueName: "dir"), completion: .directory)
  var tokenizer: String?

  @Option(
    help: ArgumentHelp(
      "For a folder: which copy of the weights to prefer, such as fp16. (default: the full one)"))
  var variant: String?

  @Flag(help: ArgumentHelp("For a single file: take the averages of the denoiser's weights."))
  var ema = false

  var options: ModelOptions {
    var options = ModelOptions()
    options.config = config
    options.tokenizer = tokenizer
    options.variant = variant
    options.usesAverages = ema
    return options
  }
}
