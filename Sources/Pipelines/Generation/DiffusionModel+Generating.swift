/// An event of a running generation.
public enum GenerationEvent: Sendable {
  /// Something that the user should know.
  case warning(String)
  /// Something that was used, or chosen.
  case note(String)
  /// A step was made.
  case step(GenerationStep)
  /// Sampling is over; decoding begins.
  case latents(Latents)
  /// A frame was decoded and handed over.
  case frame(index: Int, count: Int)
}

/// Result of a generation.
public struct GenerationResult: Sendable {
  /// The request as carried out, with the seed that was drawn and the model's defaults.
  public let request: GenerationRequest
  /// SHA-256 over the red, green and blue bytes of all frames, as they were handed over.
  public let pixelsSHA256: String
  /// Columns of each frame.
  public let width: Int
  /// Rows of each frame.
  public let height: Int
  /// Frames handed over.
  public let frameCount: Int
  /// Seconds for text, steps and frames.
  public let seconds: Seconds

  /// Seconds spent in each phase.
  public struct Seconds: Sendable, Codable, Hashable {
    /// Opening what was not open, and encoding the prompts.
    public var text = 0.0
    /// All steps.
    public var sampling = 0.0
    /// Decoding and handing over.
    public var decoding = 0.0
  }
}

extension DiffusionModel {
  /// Makes a picture or a video, from a request to its frames.
  ///
  /// - Parameters:
  ///   - isLast: whether parts are let go of as soon as this one needs them no more, as in `start`.
  ///   - isCancelled: asked before every step and every frame.
  ///   - report: told what happens.
  ///   - frame: gets every frame as it is decoded.
  /// - Throws: `GenerationError.cancelled` with the latents as they were, `RequestError`, `ModelError`, what the
  ///   closures throw.
  @discardableResult
  public func generate(
    _ request: GenerationRequest, isLast: Bool = false, isCancelled: () -> Bool = { false },
    report: (GenerationEvent) throws -> Void = { _ in }, frame: (Frame) throws -> Void
  ) throws -> GenerationResult {
    let clock = ContinuousClock()
    var seconds = GenerationResult.Seconds()
    var started = clock.now
    func lap() -> Double {
      defer { started = clock.now }
      return (clock.now - started) / .seconds(1)
    }

    // Text
    var generation = try start(request, isLast: isLast)
    for warning in generation.warnings { try report(.warning(warning)) }
    for note in generation.notes { try report(.note(note)) }
    seconds.text = lap()

    // Steps
    func check(_ phase: @autoclosure () -> String) throws {
      if isCancelled() { throw GenerationError.cancelled(phase: phase(), latents: generation.latents) }
    }
    if isCancelled() { throw GenerationError.cancelled(phase: "preparing", latents: nil) }
    while let step = try generation.nextStep() {
      try report(.step(step))
      if step.index + 1 < step.count { try check("sampling, after step \(step.index + 1) of \(step.count)") }
    }
    try report(.latents(generation.latents))
    seconds.sampling = lap()

    // Frames
    let count = generation.request.frames ?? 1
    var hash = SHA256()
    var (width, height, frames) = (0, 0, 0)
    try check("decoding, before frame 1 of \(count)")
    while let next = try generation.nextFrame() {
      hash.update(next.pixels)
      (width, height, frames) = (next.width, next.height, frames + 1)
      try frame(next)
      try report(.frame(index: next.index, count: count))
      if frames < count { try check("decoding, after frame \(frames) of \(count)") }
    }
    seconds.decoding = lap()
    return GenerationResult(
      request: generation.request, pixelsSHA256: hash.hexadecimal, width: width, height: height, frameCount: frames,
      seconds: seconds)
  }
}
