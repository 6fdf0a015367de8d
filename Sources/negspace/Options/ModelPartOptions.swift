import ArgumentParser
import NegativeSpacePipelines

/// Replacements for parts of a model, and additions to it.
struct ModelPartOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Another autoencoder: a diffusers folder or a file; TAESD is the fast one. (default: the model's own)",
      valueName: "path"), completion: .file())
  var vae: String?

  @Option(
    help: ArgumentHelp("Decode frames piece by piece: auto (above 768 × 768 pixels), on, off."))
  var vaeTiling = VAETiling.auto

  @Option(
    help: ArgumentHelp(
      "Add a LoRA to the denoiser and the text encoder, of kohya's, diffusers' or PEFT's making; may be repeated.",
      valueName: "file[:scale]"), completion: .file())
  var lora: [String] = []

  @Option(
    help: ArgumentHelp(
      "Add a LoRA to the avoided branch alone (DreamArtist++, Diffusion-NPO), beside --lora; may be repeated.",
      valueName: "file[:scale]"), completion: .file())
  var negativeLora: [String] = []

  @Option(
    help: ArgumentHelp(
      "A folder of LoRAs, which prompts name as <lora:NAME:SCALE>.", valueName: "dir"),
    completion: .directory)
  var loraModelDir: String?

  @Option(
    help: ArgumentHelp(
      "A folder of learned words, which prompts name by their files' names.", valueName: "dir"),
    completion: .directory)
  var embdDir: String?

  @Option(
    help: ArgumentHelp(
      "Mix the states of a tuned text encoder (TextCraftor) with the model's own: a transformers folder or a file; may be repeated.",
      valueName: "path[:weight]"), completion: .file())
  var textEncoder: [String] = []

  @Option(
    help: ArgumentHelp(
      "The part of the steps in which the mixed states hold, from and to, 0 to 1; elsewhere the model's own.",
      valueName: "a,b"))
  var textEncoderInterval = "0,1"

  func validate() throws {
    for (name, paths) in [("--text-encoder", textEncoder), ("--lora", lora), ("--negative-lora", negativeLora)]
    where paths.contains("") {
      throw ValidationError("\(name) is empty; expected a path")
    }
  }

  /// Requests with the prompts of each pair, and what these name in the two folders.
  ///
  /// - Throws: `RequestError` for a name that is in neither.
  func requests(_ common: GenerationRequest, for pairs: [PromptPair]) throws -> [GenerationRequest] {
    let loras = try loraModelDir.map { try PromptFolder(loras: $0) }
    let words = try embdDir.map { try PromptFolder(embeddings: $0) }
    return try pairs.map { pair in
      var request = common
      (request.prompt, request.negativePrompt) = (pair.positive, pair.negative)
      if let found = try loras?.loras(in: pair.positive) {
        (request.prompt, request.loras) = (found.prompt, common.loras + found.loras)
      }
      request.embeddings += words?.embeddings(in: [pair.positive, pair.negative]) ?? []
      return request
    }
  }

  /// - Parameter preview: may name the autoencoder, too.
  /// - Throws: `ValidationError` where both do, `ModelError.notInHub`.
  func apply(to request: inout GenerationRequest, with preview: PreviewOptions) throws {
    request.vae = try preview.autoencoder(vae.map(located))
    request.vaeTiling = vaeTiling
    request.loras = lora.map { FileReference(weighted: $0) }
    request.negativeLoras = negativeLora.map { FileReference(weighted: $0) }
    request.textEncoders = try textEncoder.map {
      var reference = FileReference(weighted: $0)
      reference.path = try located(reference.path)
      return reference
    }
    request.textEncoderInterval = try SamplingOptions.interval(textEncoderInterval, of: "--text-encoder-interval")
  }
}
