import NegativeSpaceLayers

/// The head that LAION's aesthetic predictor and ImageReward share: five linear layers without activations.
enum PreferenceHead {
  /// Asks for `layers.0`, `layers.2`, `layers.4`, `layers.6`, `layers.7`: dropouts take the places between.
  ///
  /// - Throws: the errors of the weight source.
  static func layers(_ head: WeightScope, width: Int) throws -> [Linear] {
    let widths = [width, 1024, 128, 64, 16, 1]
    return try [0, 2, 4, 6, 7].enumerated().map { place, number in
      try Linear(head["layers"][number], from: widths[place], to: widths[place + 1])
    }
  }
}
