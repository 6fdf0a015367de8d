import NegativeSpaceMedia

extension GenerationRequest {
  /// Most pixels on a side, frames and enlargement: beyond it no model goes, and sizes could overflow.
  package static let sideLimit = 8192
  package static let frameLimit = 4096
  package static let scaleLimit = 16

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

  /// Checks what can be checked without a model.
  ///
  /// - Throws: `RequestError`.
  public func validate() throws {
    func check(_ field: CodingKeys, _ value: Int?, _ range: ClosedRange<Int>) throws {
      guard let value, !range.contains(value) else { return }
      throw RequestError(
        field, found: "\(value)", expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    func check(_ field: CodingKeys, _ value: Double?, _ range: ClosedRange<Double>) throws {
      guard let value, !range.contains(value) else { return }
      throw RequestError(
        field, found: "\(value)", expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    try check(.steps, steps, 1...1000)
    try check(.guidanceScale, guidanceScale, -100...100)
    try check(.featureInterval, featureInterval, 1...100)
    try check(.guidanceRescale, guidanceRescale, 0...1)
    try check(.eta, eta, 0...1)
    try check(.fpsCondition, fpsCondition, 0...1000)
    try check(.strength, strength, 0...1)
    try validateStart()
    try check(.clipSkip, clipSkip, 1...64)
    try check(.width, width, 1...Self.sideLimit)
    try check(.height, height, 1...Self.sideLimit)
    try check(.frames, frames, 1...Self.frameLimit)
    try check(.scale, scale, 1...Self.scaleLimit)
    guard guidanceInterval.count == 2, let from = guidanceInterval.first, let to = guidanceInterval.last,
      0 <= from, from <= to, to <= 1
    else {
      throw RequestError(
        .guidanceInterval, found: guidanceInterval.map { "\($0)" }.joined(separator: ","),
        expected: "two numbers from 0 to 1, the smaller first, such as 0.2,0.8")
    }
    if let fps {
      do { _ = try FrameRate(fps) } catch {
        throw RequestError(.fps, found: fps, expected: "a rate such as 8, 29.97 or 30000/1001, up to 1000")
      }
    }
    for control in controls { try control.validate() }
    for (field, files) in [(CodingKeys.negativeEmbeddings, negativeEmbeddings), (.loras, loras)] {
      for file in files {
        guard let weight = file.weight, !weight.isFinite else { continue }
        throw RequestError(field, found: "weighted \(weight)", expected: "a finite weight")
      }
    }
  }
}
