import NegativeSpaceTensors

/// The parts of the data.
///
/// Their combinations of (concept, background, motion) differ, not only their random numbers.
package enum Split: UInt64, CaseIterable, Sendable {
  /// Nine of ten combinations.
  case train = 1
  /// The combinations of training, other pictures.
  case validation = 2
  /// Only combinations that training never shows.
  case test = 3

  /// Whether a combination is held out of training: one in ten, by a hash that depends on nothing but the names.
  package static func isHeldOut(concept: Concept, background: Background, motion: Motion?) -> Bool {
    // FNV-1a, 64 bits, then mixed: the low bits alone are poor for short texts.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in "\(concept.name)|\(background.name)|\(motion?.rawValue ?? "picture")".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    var mixed = SplitMix64(seed: hash)
    return mixed.below(10) == 0
  }

  func allows(concept: Concept, background: Background, motion: Motion?) -> Bool {
    Split.isHeldOut(concept: concept, background: background, motion: motion) == (self == .test)
  }
}
