package import NegativeSpaceTensors

/// The ways in which a part of the training pictures is spoilt, so that the models have habits a negative can cure.
package enum DamageKind: String, CaseIterable, Sendable {
  case blurred, noisy, pixelated, washedOut, dark, distorted, jpeg
}

/// One damage with its strength and its own randomness; the same for all frames of a clip, but for grain and waves.
package struct Damage: Sendable, Equatable {
  package let kind: DamageKind
  /// 0 is well visible at 128 × 128 pixels, 1 is strong.
  package let strength: Float
  package let seed: UInt64

  package init(_ kind: DamageKind, strength: Float, seed: UInt64) {
    self.kind = kind
    self.strength = strength
    self.seed = seed
  }

  /// Any kind, any strength.
  package init(using random: inout SplitMix64) {
    self.init(random.pick(DamageKind.allCases), strength: random.uniform(), seed: random.next())
  }

  /// The damaged picture.
  ///
  /// Lengths are for 128 pixels a side and grow with the picture.
  package func applied(to canvas: Canvas, frame: Int = 0) -> Canvas {
    let unit = Float(canvas.width) / 128
    var random = SplitMix64(seed: seed)
    switch kind {
    case .blurred:
      return canvas.blurred(deviation: mixed(2, 4.5) * unit)
    case .noisy:
      var grain = SplitMix64(seed: seed, stream: 1, index: UInt64(frame))
      return canvas.noisy(deviation: mixed(0.12, 0.28), grain: max(1, Int(2 * unit)), using: &grain)
    case .pixelated:
      return canvas.pixelated(block: max(2, Int((mixed(6, 13) * unit).rounded())))
    case .washedOut:
      return canvas.washedOut(contrast: mixed(0.42, 0.24))
    case .dark:
      return canvas.darkened(brightness: mixed(0.4, 0.18))
    case .distorted:
      return canvas.distorted(
        amplitude: mixed(3.5, 7.5) * unit, wavelength: random.uniform(24, 44) * unit,
        phase: SIMD2(random.uniform(0, 6.28), random.uniform(0, 6.28)) + Float(frame) * 0.4)
    case .jpeg:
      return canvas.crushed(quality: Int(mixed(9, 4).rounded()), block: max(8, Int(16 * unit)))
    }
  }

  private func mixed(_ weak: Float, _ strong: Float) -> Float {
    weak + (strong - weak) * strength
  }
}
