import NegativeSpaceMedia

extension GenerationRequest {
  /// Checks that what a start needs is there.
  private func validateStart() throws {
    if let mask, initialImage == nil {
      throw RequestError(
        .mask, found: mask.path, expected: "a picture to paint on beside it; name one with \(field: .initialImage)")
    }
    if let strength, initialImage == nil, initialVideo == nil {
      throw RequestError(
        .strength, found: "\(strength)",
        expected: "\(field: .initialImage) or \(field: .initialVideo) beside it, to start from")
    }
    if let image = initialImage, initialVideo != nil {
      throw RequestError(
        .initialImage, found: image.path, expected: "either a picture or a video to start from, not both")
    }
  }

  /// Longest prompt in bytes, and most files in a list: beyond any use, and short of what fills a machine's memory.
  package static let promptLimit = 1 << 16
  package static let listLimit = 64

  private func validateLengths() throws {
    for (field, text) in [
      (CodingKeys.prompt, prompt), (.negativePrompt, negativePrompt), (.negativeWriter, negativeWriter ?? ""),
    ]
    where text.utf8.count > Self.promptLimit {
      throw RequestError(
        field, found: "\(text.utf8.count) bytes long", expected: "at most \(Self.promptLimit) bytes")
    }
    for (field, count) in [
      (CodingKeys.negativeEmbeddings, negativeEmbeddings.count), (.embeddings, embeddings.count),
      (.loras, loras.count), (.negativeLoras, negativeLoras.count), (.controls, controls.count),
      (.textEncoders, textEncoders.count),
    ] where count > Self.listLimit {
      throw RequestError(field, found: "a list of \(count)", expected: "at most \(Self.listLimit)")
    }
  }

  /// Checks what can be checked without a model.
  ///
  /// - Throws: `RequestError`.
  public func validate() throws {
    try checkRanges()
    try validateLengths()
    try validateStart()
    try Self.check(guidanceInterval, of: .guidanceInterval)
    try Self.check(negativeInterval, of: .negativeInterval)
    try Self.check(textEncoderInterval, of: .textEncoderInterval)
    try validateGuidance()
    if textEncoders.isEmpty, textEncoderInterval != [0, 1] {
      throw RequestError(
        .textEncoderInterval, found: Self.text(textEncoderInterval),
        expected: "a text encoder beside it; name one with \(field: .textEncoders)")
    }
    if let fps {
      do { _ = try FrameRate(fps) } catch {
        throw RequestError(.fps, found: fps, expected: "a rate such as 8, 29.97 or 30000/1001, up to 1000")
      }
    }
    for control in controls { try control.validate() }
    for (field, files) in [
      (CodingKeys.negativeEmbeddings, negativeEmbeddings), (.loras, loras), (.negativeLoras, negativeLoras),
      (.textEncoders, textEncoders),
    ] {
      for file in files {
        guard let weight = file.weight, !weight.isFinite else { continue }
        throw RequestError(field, found: "weighted \(weight)", expected: "a finite weight")
      }
    }
  }

  /// Refuses what is no part of the steps.
  private static func check(_ interval: [Double], of field: CodingKeys) throws {
    guard interval.count == 2, 0 <= interval[0], interval[0] <= interval[1], interval[1] <= 1 else {
      throw RequestError(
        field, found: text(interval), expected: "two numbers from 0 to 1, the smaller first, such as 0.2,0.8")
    }
  }

  private static func text(_ interval: [Double]) -> String { interval.map { "\($0)" }.joined(separator: ",") }
}
