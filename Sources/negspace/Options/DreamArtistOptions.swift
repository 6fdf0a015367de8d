import ArgumentParser
import NegativeSpaceLearning
import NegativeSpacePipelines

/// Settings for learning words from pictures.
struct DreamArtistOptions: ParsableArguments {
  @Option(help: "Vectors of the word to say.")
  var positiveVectors = 3
  @Option(help: "Vectors of the word to avoid; 0 is Textual Inversion, without such a word.")
  var negativeVectors = 6
  @Option(
    name: [.customLong("guidance-scale"), .customLong("cfg-scale")],
    help: ArgumentHelp(
      "Guidance in learning: a number, or a range from clean to noisy, straight or with :cos or :cos2. (default: 3)",
      valueName: "G[-G[:cos]]"))
  var guidance: String?
  @Option(
    help: ArgumentHelp(
      "A text for the pictures, with {} for the word; may be repeated. (default: Textual Inversion's for objects)",
      valueName: "text"))
  var template: [String] = []
  @Option(
    help: ArgumentHelp("The same, a file with one a line; - for standard input.", valueName: "file"),
    completion: .file())
  var templateFile: String?
  @Option(
    name: .customLong("init"), help: ArgumentHelp("Words whose vectors both words start from.", valueName: "words"))
  var initialWords = "*"
  @Option(
    help: ArgumentHelp(
      "Learn a LoRA of this rank with each word, on the denoiser's keys, values and feed-forward layers (DreamArtist++).",
      valueName: "r"))
  var loraRank = 0
  @Flag(help: "With --lora-rank: such LoRAs on the text encoder, too.")
  var loraTextEncoder = false
  @Option(
    help: ArgumentHelp(
      "Min-SNR-γ: let timesteps with little noise count less; DreamArtist++ takes 2. (default: all count alike)",
      valueName: "gamma"))
  var minSnr: Float?
  @Option(help: "Weight of the reconstructed pixels in the loss; costs memory and time.")
  var reconstruction: Float = 0
  @OptionGroup var size: SampleSizeOptions
  @Option(help: "Pictures a step, each with a noise of its own.")
  var batch = 4
  @Option(help: "Pictures computed at once; the gradients of the others of a batch are added up.")
  var together: Int?
  @Option(help: "AdamW's weight decay.")
  var weightDecay: Float = 0.01
  @Option(help: "The norm at which the gradient of each word is cut; 0 never cuts.")
  var clip: Float = 1
  @Option(help: "Decay of the average of the vectors that is shown and written; 0 is the vectors themselves.")
  var average: Float = 0
  @Option(help: "Layer of the text encoder, counted from the end: 1 is the last.")
  var clipSkip = 1
  @Option(name: .shortAndLong, parsing: .unconditional, help: "Where the random numbers start.")
  var seed: UInt64 = 0

  func validate() throws {
    if !template.isEmpty, templateFile != nil {
      throw ValidationError("--template and --template-file were both given; choose one")
    }
    if negativeVectors == 0, guidance != nil {
      throw ValidationError(
        "--guidance-scale says how both words are learned together; without --negative-vectors it has no effect")
    }
    if loraTextEncoder, loraRank == 0 {
      throw ValidationError("--lora-text-encoder has no effect without --lora-rank")
    }
    if clip < 0 || !clip.isFinite {
      throw ValidationError("--clip is \(clip); it must be a number that is not negative")
    }
  }

  /// - Throws: `LearningError.setting`, `ModelError.unreadable`.
  func settings() throws -> DreamArtistSettings {
    var settings = DreamArtistSettings()
    (settings.positiveVectors, settings.negativeVectors) = (positiveVectors, negativeVectors)
    if let guidance { settings.guidance = try DreamArtistGuidance(parsing: guidance) }
    if let templateFile {
      settings.templates = try PromptList(path: templateFile).texts
    } else if !template.isEmpty {
      settings.templates = template
    }
    (settings.initialWords, settings.reconstruction) = (initialWords, reconstruction)
    (settings.batch, settings.together, settings.weightDecay) = (batch, together, weightDecay)
    (settings.gradientNorm, settings.averageDecay) = (clip == 0 ? nil : clip, average)
    (settings.clipSkip, settings.seed, settings.loraRank) = (clipSkip, seed, loraRank)
    settings.hasTextEncoderLoRA = loraTextEncoder
    (settings.minSNR, settings.size) = (minSnr, size.size)
    return settings
  }
}
