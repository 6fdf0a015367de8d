import ArgumentParser
import NegativeSpacePipelines

/// Replacements for parts of a model, and additions to it.
struct ModelPartOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Another autoencoder: a diffusers folder or a file; TAESD is the fast one. (default: the model's own)",
      valueName: "path"))
  var vae: String?

  @Option(help: "Decode frames piece by piece: auto (above 768 × 768 pixels), on, off.")
  var vaeTiling = VAETiling.auto

  @Option(
    help: ArgumentHelp(
      "Add a LoRA to the denoiser and the text encoder, of kohya's, diffusers' or PEFT's making; may be repeated.",
      valueName: "file[:scale]"))
  var lora: [String] = []

  /// - Parameter preview: may name the autoencoder, too.
  /// - Throws: `ValidationError` where both do.
  func apply(to request: inout GenerationRequest, with preview: PreviewOptions) throws {
    request.vae = try preview.autoencoder(vae)
    request.vaeTiling = vaeTiling
    request.loras = lora.map { FileReference(weighted: $0) }
  }
}
