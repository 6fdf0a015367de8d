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

  @Option(
    help: ArgumentHelp(
      "Add a LoRA to the denoiser of the avoided branch alone (DreamArtist++, Diffusion-NPO), beside --lora; may be repeated.",
      valueName: "file[:scale]"))
  var negativeLora: [String] = []

  @Option(
    help: ArgumentHelp(
      "Mix the states of a tuned text encoder (TextCraftor) with the model's own: a transformers folder or a file; may be repeated.",
      valueName: "path[:weight]"))
  var textEncoder: [String] = []

  @Option(
    help: ArgumentHelp(
      "The part of the steps in which the mixed states hold, from and to, 0 to 1; elsewhere the model's own.",
      valueName: "a,b"))
  var textEncoderInterval = "0,1"

  /// - Parameter preview: may name the autoencoder, too.
  /// - Throws: `ValidationError` where both do.
  func apply(to request: inout GenerationRequest, with preview: PreviewOptions) throws {
    request.vae = try preview.autoencoder(vae)
    request.vaeTiling = vaeTiling
    request.loras = lora.map { FileReference(weighted: $0) }
    request.negativeLoras = negativeLora.map { FileReference(weighted: $0) }
    request.textEncoders = textEncoder.map { FileReference(weighted: $0) }
    request.textEncoderInterval = SamplingOptions.interval(textEncoderInterval)
  }
}
