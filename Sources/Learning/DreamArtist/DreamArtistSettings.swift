import NegativeSpaceLayers

/// Settings for learning words from pictures (DreamArtist, arXiv:2211.11337); the numbers of the authors' code where it
/// gives them.
public struct DreamArtistSettings: Sendable, Hashable {
  /// Vectors of the word to say, Sᵖ.
  public var positiveVectors = 3
  /// Vectors of the word to avoid, Sⁿ; with 0 there is none, and what is left is Textual Inversion (arXiv:2208.01618).
  public var negativeVectors = 6
  /// Strength of guidance, γ.
  public var guidance = DreamArtistGuidance(3)
  /// Texts of which each step takes one for each picture; `{}` stands for the word.
  public var templates = DreamArtistSettings.usualTemplates
  /// Words whose vectors both start from, Sⁿ with a little noise.
  public var initialWords = "*"
  /// Rank of the LoRAs that the denoiser gets beside the words, one for each branch (DreamArtist++); 0 learns words alone.
  public var loraRank = 0
  /// Whether the text encoder gets such LoRAs too.
  public var hasTextEncoderLoRA = false
  /// γ of Min-SNR-γ, by which timesteps with little noise count less; nil lets all count alike.
  public var minSNR: Float?
  /// Weight of L_rec, the mean absolute difference of pixels; 0 leaves it out, and the decoder with it.
  public var reconstruction: Float = 0
  /// Pictures a step, with a noise each.
  public var batch = 4
  /// Pictures that go through the networks at once; the gradients of the rest of a batch are added up.
  ///
  /// Nil is as many as a model of its size bears.
  public var together: Int?
  /// AdamW's decay of the vectors, times the rate in each step.
  public var weightDecay: Float = 0.01
  /// The norm beyond which the gradient of a word is cut; nil never cuts.
  public var gradientNorm: Float? = 1
  /// Decay of the average of the vectors that previews show and files get; 0 is the vectors themselves.
  public var averageDecay: Float = 0
  /// Layer of the text encoder, counted from the end: 1 is the last.
  public var clipSkip = 1
  /// The size of samples while learning.
  public var size = SampleSize()
  /// Seed of the random numbers.
  public var seed: UInt64 = 0

  /// The numbers of the authors' code.
  public init() {}

  /// Templates of Textual Inversion for objects; without any caption of the picture, as the authors advise.
  public static let usualTemplates =
    [
      "a photo of a", "a rendering of a", "a cropped photo of the", "the photo of a", "a photo of a clean",
      "a photo of a dirty", "a dark photo of the", "a photo of my", "a photo of the cool", "a close-up photo of a",
      "a bright photo of the", "a cropped photo of a", "a photo of the", "a good photo of the", "a photo of one",
      "a close-up photo of the", "a rendition of the", "a photo of the clean", "a rendition of a",
      "a photo of a nice", "a good photo of a", "a photo of the nice", "a photo of the small", "a photo of the weird",
      "a photo of the large", "a photo of a cool", "a photo of a small",
    ].map { $0 + " {}" }

  /// What stands for the word in a template.
  static let placeholder = "{}"

  /// `together`, where it is open eight.
  var samplesAtOnce: Int { together ?? 8 }

  /// The shape of both LoRAs; nil where words alone are learned.
  var lora: LoRAShape? { loraRank > 0 ? LoRAShape(rank: loraRank, layers: .contents) : nil }

  /// Whether there is a word to avoid.
  var isPair: Bool { negativeVectors > 0 }

  /// Refuses what cannot be followed, and what leaves nothing to learn.
  ///
  /// - Throws: `LearningError.setting`.
  func validate() throws {
    func require(_ isMet: Bool, _ name: String, _ found: Any, _ expected: String) throws {
      guard isMet else { throw LearningError.setting(name, found: "\(found)", expected: expected) }
    }
    try LearningError.requirePositive([
      ("positiveVectors", positiveVectors), ("batch", batch), ("together", together ?? 1), ("clipSkip", clipSkip),
    ])
    // How many fit is the text encoder's to say; here no number is too large to be counted.
    try require(positiveVectors <= 1024, "positiveVectors", positiveVectors, "at most 1024")
    try require((0...1024).contains(negativeVectors), "negativeVectors", negativeVectors, "0 to 1024")
    try require(
      reconstruction >= 0 && reconstruction.isFinite, "reconstruction", reconstruction,
      "a number that is not negative")
    try require(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", weightDecay, "a number that is not negative")
    if let norm = gradientNorm {
      try require(norm > 0 && norm.isFinite, "gradientNorm", norm, "a number above 0")
    }
    if let minSNR { try require(minSNR > 0 && minSNR.isFinite, "minSNR", minSNR, "a number above 0") }
    try require(averageDecay >= 0 && averageDecay < 1, "averageDecay", averageDecay, "a number from 0 to below 1")
    try require((0...1024).contains(loraRank), "loraRank", loraRank, "0 to 1024")
    try require(
      loraRank == 0 || isPair, "loraRank", loraRank,
      "0 without a word to avoid, since each branch of guidance has its LoRA")
    try require(
      loraRank > 0 || !hasTextEncoderLoRA, "hasTextEncoderLoRA", true, "a loraRank above 0 with it")
    try require(!templates.isEmpty, "templates", "empty", "at least one, such as \"a photo of {}\"")
    for template in templates where template.ranges(of: Self.placeholder).count != 1 {
      throw LearningError.setting(
        "templates", found: "\"\(template)\"", expected: "{} once, where the word stands, such as \"a photo of {}\"")
    }
    if isPair { try guidance.validate() }
  }
}
