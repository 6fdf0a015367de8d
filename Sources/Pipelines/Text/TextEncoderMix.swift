import NegativeSpaceTensors

/// A model's text encoder with tuned ones, whose states are mixed: e = Σ wᵢ eᵢ + (1 − Σ wᵢ) e of the model's own (arXiv:2403.18978).
struct TextEncoderMix {
  /// Every encoder whose states count, with its weight; the model's own first.
  private let terms: [(encoder: PromptEncoder, weight: Double)]

  /// What is left of 1 by weights that sum up to it in decimals, such as 0.7, 0.2 and 0.1.
  private static let rounding = 1e-9

  init(own: PromptEncoder, tuned: [(PromptEncoder, Double)] = []) {
    let rest = 1 - tuned.reduce(0) { $0 + $1.1 }
    let used = tuned.filter { $0.1 != 0 }
    terms = (used.isEmpty || abs(rest) > Self.rounding ? [(own, rest)] : []) + used
  }

  /// The mix of what `encode` makes of each encoder.
  ///
  /// A weight of 0 or 1 is no arithmetic: an encoder alone gives its states to the bit.
  func states(_ encode: (PromptEncoder) throws -> Tensor) rethrows -> Tensor {
    let weighted = try terms.map { term in
      let states = try encode(term.encoder)
      return term.weight == 1 ? states : Float(term.weight) * states
    }
    return weighted.dropFirst().reduce(weighted[0], +)
  }
}
