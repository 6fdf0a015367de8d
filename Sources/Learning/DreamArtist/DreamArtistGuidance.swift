import Foundation

/// Strength of guidance in learning with DreamArtist, γ: one number, or a range over the timesteps.
///
/// `3`, `1.5-3` and `1.5-3:cos` in text, as the authors' web UI extension writes it.
public struct DreamArtistGuidance: Sendable, Hashable, CustomStringConvertible {
  /// The way from the first to the second number, for a timestep's place r in 0…1; 1 is noise alone.
  public enum Shape: String, Sendable, CaseIterable {
    /// r.
    case linear = "ln"
    /// cos((r − 1) π/2): high early on the way from a picture to noise.
    case cosine = "cos"
    /// 1 − cos(r π/2): high late.
    case lateCosine = "cos2"
  }

  /// γ of the cleanest timestep.
  public let first: Float
  /// γ of noise alone.
  public let last: Float
  /// The way between the two.
  public let shape: Shape

  /// The same for all timesteps.
  public init(_ scale: Float) { self.init(from: scale, to: scale) }

  /// A range over the timesteps.
  public init(from first: Float, to last: Float, shape: Shape = .linear) {
    (self.first, self.last, self.shape) = (first, last, shape)
  }

  /// Reads `3`, `1.5-3` or `1.5-3:cos`.
  ///
  /// - Throws: `LearningError.setting`.
  public init(parsing text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { Float($0) }
    let shape = parts.count == 2 ? Shape(rawValue: String(parts[1])) : .linear
    guard (1...2).contains(numbers.count), let first = numbers[0], let last = numbers[numbers.count - 1], let shape,
      first.isFinite, last.isFinite, parts.count == 1 || numbers.count == 2
    else {
      let shapes = Shape.allCases.map(\.rawValue).joined(separator: ", ")
      throw LearningError.setting(
        "guidance", found: "\"\(text)\"",
        expected: "a number such as 3, or a range such as 1.5-3 or 1.5-3:cos (\(shapes))")
    }
    self.init(from: first, to: last, shape: shape)
  }

  /// γ(t), first + (last − first) · rate(t / (count − 1)).
  func callAsFunction(_ timestep: Int, of count: Int) -> Float {
    guard first != last else { return first }
    let place = Float(timestep) / Float(max(1, count - 1))
    let rate =
      switch shape {
      case .linear: place
      case .cosine: cos((place - 1) * .pi / 2)
      case .lateCosine: 1 - cos(place * .pi / 2)
      }
    return first + (last - first) * rate
  }

  /// Refuses what leaves the word to avoid without a gradient: ∂ε̂/∂Sⁿ has the factor 1 − γ.
  ///
  /// - Throws: `LearningError.setting`.
  func validate() throws {
    guard first.isFinite, last.isFinite, min(first, last) >= 1, max(first, last) > 1 else {
      throw LearningError.setting(
        "guidance", found: "\(self)",
        expected: "above 1, such as 3: at 1 the word to avoid has no effect, so that there is nothing to learn for it")
    }
  }

  /// As `init(parsing:)` reads it.
  public var description: String {
    func text(_ number: Float) -> String { String(format: "%g", number) }
    guard first != last else { return text(first) }
    return "\(text(first))-\(text(last))" + (shape == .linear ? "" : ":\(shape.rawValue)")
  }
}
