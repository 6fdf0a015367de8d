/// The twelve colours that backgrounds are made of; the raw value is the word in captions.
package enum NamedColor: String, CaseIterable, Sendable {
  case red, orange, yellow, green, blue, purple, pink, white, black, gray, brown, cyan

  /// Red, green, blue, 0…1.
  package var value: SIMD3<Float> {
    let bytes: SIMD3<Float> =
      switch self {
      case .red: SIMD3(220, 30, 35)
      case .orange: SIMD3(255, 140, 0)
      case .yellow: SIMD3(255, 221, 40)
      case .green: SIMD3(40, 160, 60)
      case .blue: SIMD3(35, 85, 215)
      case .purple: SIMD3(125, 45, 165)
      case .pink: SIMD3(255, 150, 190)
      case .white: SIMD3(250, 250, 250)
      case .black: SIMD3(15, 15, 15)
      case .gray: SIMD3(128, 128, 128)
      case .brown: SIMD3(120, 72, 36)
      case .cyan: SIMD3(60, 215, 225)
      }
    return bytes / 255
  }
}
