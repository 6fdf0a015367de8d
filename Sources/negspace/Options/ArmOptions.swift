import ArgumentParser
import NegativeSpaceEvaluation
import NegativeSpacePipelines
import NegativeSpaceSampling
import NegativeSpaceWeights

/// What an arm of a comparison changes, as options of `image`.
struct ArmOptions: ParsableArguments {
  @Option(name: .shortAndLong) var negativePrompt: String?
  @Option var negativeEmbedding: String?
  @Option var negativeWriter: String?
  @Option var embedding: [String] = []
  @Option var textEncoder: [String] = []
  @Option var textEncoderInterval: String?
  @Option var lora: [String] = []
  @Option var negativeLora: [String] = []
  @Option var negativeModel: String?
  @Option var negativeInterval: String?
  @OptionGroup var search: SearchOptions
  @Option var steps: Int?
  @Option(name: [.customLong("guidance-scale"), .customLong("cfg-scale"), .customLong("cfg")])
  var guidanceScale: Double?
  @Option var guidanceRescale: Double?
  @Option var guidanceInterval: String?
  @Option var guidanceRule: GuidanceRuleName?
  @Option var guidanceOption: [String] = []
  @OptionGroup var attention: AttentionOptions
  @Option(name: [.customLong("sampler"), .customLong("sampling-method")]) var sampler: String?
  @Option(name: [.customLong("schedule"), .customLong("scheduler")]) var schedule: String?
  @Option var eta: Double?
  @Option var clipSkip: Int?

  func validate() throws {
    if search.negativeSearch != nil, let sampler, (try? SamplerName(named: sampler)) != .ddim {
      throw ValidationError("--sampler is \(sampler); with --negative-search it is ddim")
    }
    if let textEncoderInterval, textEncoder.isEmpty {
      throw ValidationError("--text-encoder-interval is \(textEncoderInterval), but there is no --text-encoder")
    }
  }

  /// The arm of `NAME=OPTIONS`, and the writer that is to write its words.
  ///
  /// - Throws: `ValidationError`, `RequestError` where it is not that, `ModelError.unreadable`.
  static func arm(_ text: String) throws -> (arm: NegativeArm, writer: String?) {
    guard let argument = NamedArgument(text) else {
      throw RequestError(
        .arm, found: "\"\(text)\"", expected: "NAME=OPTIONS, such as tuned=\"--text-encoder tuned\"")
    }
    let options: Self
    do {
      options = try parse(try words(of: argument.value))
    } catch {
      throw RequestError(
        .arm, found: "\"\(text)\" (\(message(for: error)))",
        expected:
          "NAME=OPTIONS with options of image for a negative, guidance, sampling, LoRAs or text encoders, such as "
          + "apg=\"--guidance-rule apg --negative-embedding FILE\"")
    }
    let content: NegativeArm.Content =
      if let text = options.negativeEmbedding {
        switch (FileReference(weighted: text), fileKind(FileReference(weighted: text).path)) {
        case (let folder, .folder): .folder(folder)
        case (let file, _): .file(file)
        }
      } else {
        .empty
      }
    var arm = NegativeArm(argument.name, content)
    arm.changes = try options.changes
    return (arm, options.negativeWriter)
  }

  private var changes: ArmChanges {
    get throws {
      var changes = ArmChanges()
      changes.negativePrompt = negativePrompt
      changes.embeddings = embedding.map { FileReference(tokened: $0) }
      changes.textEncoders = try textEncoder.map {
        var reference = FileReference(weighted: $0)
        reference.path = try located(reference.path)
        return reference
      }
      changes.textEncoderInterval = try textEncoderInterval.map {
        try SamplingOptions.interval($0, of: "--text-encoder-interval")
      }
      changes.loras = lora.map { FileReference(weighted: $0) }
      changes.negativeLoras = negativeLora.map { FileReference(weighted: $0) }
      changes.negativeModel = try negativeModel.map { FileReference(path: try located($0)) }
      changes.negativeInterval = try negativeInterval.map {
        try SamplingOptions.interval($0, of: "--negative-interval")
      }
      changes.negativeSearch = try search.arm()
      (changes.steps, changes.guidanceScale, changes.guidanceRescale) = (steps, guidanceScale, guidanceRescale)
      changes.guidanceInterval = try guidanceInterval.map {
        try SamplingOptions.interval($0, of: "--guidance-interval")
      }
      changes.guidanceRule = guidanceRule
      changes.guidanceOptions = try SamplingOptions.options(guidanceOption, of: "--guidance-option")
      (changes.attentionNegative, changes.attentionOptions) = (attention.attentionNegative, try attention.options)
      changes.sampler = try sampler.map { try SamplerName(named: $0) }
      changes.schedule = try schedule.map { try SigmaSchedule(named: $0) }
      (changes.eta, changes.clipSkip) = (eta, clipSkip)
      return changes
    }
  }

  /// Words as a shell cuts them: at spaces, except between quotes.
  ///
  /// - Throws: `ValidationError` for a quote that does not close.
  private static func words(of text: String) throws -> [String] {
    var words: [String] = []
    var (word, quote): (String?, Character?) = (nil, nil)
    for character in text {
      switch (character, quote) {
      case (let end, .some(let open)) where end == open: quote = nil
      case ("\"", nil), ("'", nil): (quote, word) = (character, word ?? "")
      case (_, nil) where character.isWhitespace:
        if let whole = word { words.append(whole) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    if let quote { throw ValidationError("the quote \(quote) does not close") }
    return words + (word.map { [$0] } ?? [])
  }
}
