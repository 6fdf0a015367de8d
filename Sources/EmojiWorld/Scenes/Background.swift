/// Background behind the emoji: one colour, or a vertical gradient between two.
package enum Background: Sendable, Hashable {
  case plain(NamedColor)
  case gradient(Gradient)

  /// A smooth change from the upper edge to the lower one.
  package struct Gradient: Sendable, Hashable {
    package let name: String
    package let top: NamedColor
    package let bottom: NamedColor

    package static let all: [Gradient] = [
      between(.red, .yellow), between(.blue, .white), between(.green, .yellow), between(.purple, .pink),
      between(.orange, .pink), between(.black, .gray), between(.white, .green), between(.yellow, .white),
      Gradient(name: "sunset gradient", top: .purple, bottom: .orange),
      Gradient(name: "ocean gradient", top: .cyan, bottom: .blue),
    ]

    private static func between(_ top: NamedColor, _ bottom: NamedColor) -> Gradient {
      Gradient(name: "\(top.rawValue) to \(bottom.rawValue) gradient", top: top, bottom: bottom)
    }
  }

  package static let plains = NamedColor.allCases.map(Background.plain)
  package static let gradients = Gradient.all.map(Background.gradient)
  package static let all = plains + gradients

  /// The words before "background" in captions: "yellow", "red to yellow gradient".
  package var name: String {
    switch self {
    case .plain(let color): color.rawValue
    case .gradient(let gradient): gradient.name
    }
  }

  package var top: NamedColor {
    switch self {
    case .plain(let color): color
    case .gradient(let gradient): gradient.top
    }
  }

  package var bottom: NamedColor {
    switch self {
    case .plain(let color): color
    case .gradient(let gradient): gradient.bottom
    }
  }

  /// The colour at a height: 0 the upper edge, 1 the lower one.
  package func color(at height: Float) -> SIMD3<Float> {
    top.value + (bottom.value - top.value) * height
  }
}
