/// Decoding of a frame piece by piece: less memory, and shades that may differ a little.
public enum VAETiling: String, Codable, CaseIterable, Sendable {
  /// Above 768 × 768 pixels.
  case auto
  case on
  case off

  func applies(height: Int, width: Int) -> Bool {
    switch self {
    case .auto: height * width > 768 * 768
    case .on: true
    case .off: false
    }
  }
}
