import ArgumentParser
import Pipelines

/// What is added to the model's weights.
struct LoRAOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Add a LoRA to the denoiser and the text encoder, of kohya's, diffusers' or PEFT's making; may be repeated.",
      valueName: "file[:scale]"))
  var lora: [String] = []

  func apply(to request: inout GenerationRequest) { request.loras = lora.map { FileReference(weighted: $0) } }
}
