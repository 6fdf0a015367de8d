package import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// T5's encoder with its table of tokens, as `T5EncoderModel` of transformers: the text tower of PixArt, LTX and others.
package struct T5EncoderModel: TextTower {
  package let configuration: T5Configuration
  /// Rows of states that a denoiser is told; the network itself takes texts of any length.
  package var positions: Int
  /// Whether padding is hidden from the other tokens, as PixArt does it; else it is read along.
  package var hidesPadding = true
  /// (vocabSize, width).
  package let table: Tensor
  private let encoder: T5Encoder

  /// - Parameter positions: tokens of a text, with padding; 512 in T5's own training.
  /// - Throws: the weight source's own error.
  package init(_ configuration: T5Configuration, _ weights: WeightScope, positions: Int = 512) throws {
    (self.configuration, self.positions) = (configuration, positions)
    table = try weights["shared"].tensor(
      "weight", shape: [configuration.vocabSize, configuration.width], initial: .normal(std: 1))
    encoder = try T5Encoder(weights["encoder"], configuration, dtype: table.dtype)
  }

  /// The type that products are computed in.
  package var dtype: DataType { table.dtype }

  package var shape: TextTowerShape {
    TextTowerShape(
      width: configuration.width, positions: positions, vocabulary: configuration.vocabSize,
      layers: configuration.layers)
  }

  package func embed(_ tokens: [[Int]]) -> Tensor {
    precondition(Set(tokens.map(\.count)).count == 1, "T5: rows of \(tokens.map(\.count)) tokens are not one batch")
    return table.rows(tokens.flatMap { $0 }).reshaped([tokens.count, tokens[0].count, -1])
  }

  /// The states (B, T, width), float32, of B rows of T ids; the mask (B, T) has 0 where a row is padded.
  package func states(_ tokens: [[Int]], mask: Tensor? = nil) -> Tensor { encoder(embed(tokens), mask: mask) }

  package func encode(embedded: Tensor, of tokens: [[Int]]?, skippingLast skipped: Int) -> TextStates {
    let mask = tokens.map(mask)
    return TextStates(
      states: encoder(embedded, mask: hidesPadding ? mask : nil, skippingLast: skipped), mask: mask)
  }

  /// (B, T) of B rows of T ids: 0 for padding, 1 for everything else.
  package func mask(_ tokens: [[Int]]) -> Tensor {
    Tensor(
      tokens.flatMap { $0.map { $0 == configuration.padTokenID ? Float(0) : 1 } },
      shape: [tokens.count, tokens.first?.count ?? 0])
  }
}
