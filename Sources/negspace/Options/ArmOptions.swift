import ArgumentParser
import NegativeSpaceEvaluation
import NegativeSpacePipelines

/// What an arm of a comparison changes, as options of `image`.
struct ArmOptions: ParsableArguments {
  @Option(name: .shortAndLong) var negativePrompt: String?
  @Option var negativeEmbedding: String?
  @Option var textEncoder: [String] = []
  @Option var textEncoderInterval: String?
  @Option var lora: [String] = []

  func validate() throws {
    if negativePrompt != nil, negativeEmbedding != nil {
      throw ValidationError("--negative-prompt and --negative-embedding were both given; choose one")
    }
    if let textEncoderInterval, textEncoder.isEmpty {
      throw ValidationError("--text-encoder-interval is \(textEncoderInterval), but there is no --text-encoder")
    }
  }

  /// The arm of `NAME=OPTIONS`.
  ///
  /// - Throws: `ValidationError`, `RequestError` where it is not that, `ModelError.unreadable`.
  static func arm(_ text: String) throws -> NegativeArm {
    guard let argument = NamedArgument(text) else {
      throw RequestError(
        .arm, found: "\"\(text)\"", expected: "NAME=OPTIONS, such as tuned=\"--text-encoder tuned\"")
    }
    let options: Self
    do {
      options = try parse(words(of: argument.value))
    } catch {
      throw RequestError(
        .arm, found: "\"\(text)\" (\(message(for: error)))",
        expected: "NAME=OPTIONS with --text-encoder PATH[:WEIGHT], --text-encoder-interval A,B, --lora FILE[:SCALE], "
          + "--negative-embedding FILE[:WEIGHT] or --negative-prompt WORDS")
    }
    let content: NegativeArm.Content =
      if let file = options.negativeEmbedding {
        .file(FileReference(weighted: file))
      } else {
        options.negativePrompt.map { .words($0) } ?? .empty
      }
    var arm = NegativeArm(argument.name, content)
    arm.textEncoders = options.textEncoder.map { FileReference(weighted: $0) }
    arm.textEncoderInterval = options.textEncoderInterval.map { SamplingOptions.interval($0) } ?? [0, 1]
    arm.loras = options.lora.map { FileReference(weighted: $0) }
    return arm
  }

  /// Words as a shell cuts them: at spaces, except between quotes.
  private static func words(of text: String) -> [String] {
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
    return words + (word.map { [$0] } ?? [])
  }
}
