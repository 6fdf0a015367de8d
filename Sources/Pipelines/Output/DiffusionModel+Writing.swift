extension DiffusionModel {
  /// Makes a picture or a video, by the model's kind, and writes it with the record of how it was made.
  ///
  ///     try model.write(GenerationRequest(prompt: "a red apple"), to: "apple.png")
  ///
  /// The file appears under its name when it is whole; after an error there is none, or the one that was there before.
  ///
  /// - Parameters:
  ///   - path: ends in `.png`, `.jpg` or `.webp` for pictures, in `.mp4` for videos.
  ///   - isLast: whether parts are let go of as soon as this one needs them no more, as in `start`.
  ///   - report: told what happens.
  ///   - isCancelled: asked before every step and every frame.
  /// - Returns: the record that the file carries.
  /// - Throws: `RequestError`, `ModelError`, `GenerationError.cancelled`, errors in the file, those of `report`.
  @discardableResult
  public func write(
    _ request: GenerationRequest, to path: String, isLast: Bool = false,
    report: (GenerationEvent) throws -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> GenerationRecord {
    try write(resolve(request), named: self.path, to: path, isLast: isLast, isCancelled: isCancelled, report: report)
      .record
  }

  /// The same, for a request with nothing left open.
  ///
  /// - Parameters:
  ///   - name: the model's place as the record calls it.
  ///   - isRecorded: whether the file carries the record.
  ///   - frame: gets every frame once it is in the file.
  package func write(
    _ resolved: GenerationRequest, named name: String, to path: String, isRecorded: Bool = true, isLast: Bool,
    isCancelled: () -> Bool,
    report: (GenerationEvent) throws -> Void, frame: (Frame) throws -> Void = { _ in }
  ) throws -> (result: GenerationResult, record: GenerationRecord) {
    let file = try GenerationOutput(path: path, kind: kind, fps: resolved.fps)
    // The record names it: what cannot be read of the model shows before the steps.
    _ = try identity()
    do {
      let result = try generate(resolved, isLast: isLast, isCancelled: isCancelled, report: report) {
        try file.write($0)
        try frame($0)
      }
      var record = try GenerationRecord(result, by: self)
      record.model.path = name
      try file.finish(isRecorded ? record : nil)
      return (result, record)
    } catch {
      file.cancel()
      throw error
    }
  }
}
