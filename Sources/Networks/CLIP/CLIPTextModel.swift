package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// CLIP's text tower (arXiv:2103.00020), keyed as in transformers: token ids to the states that denoisers are told.
package struct CLIPTextModel: TextTower {
  package let configuration: CLIPTextConfiguration
  /// (vocabSize, width).
  package let tokenEmbedding: Tensor
  /// (maxPositionEmbeddings, width).
  private let positionEmbedding: Tensor
  private let encoder: CLIPEncoder
  private let finalNorm: LayerNorm

  /// - Throws: `ConfigurationError`, or the weight source's own error.
  package init(_ configuration: CLIPTextConfiguration, _ weights: WeightScope) throws {
    try configuration.encoder.validate("CLIPTextModel")
    self.configuration = configuration
    let (model, width) = (weights["text_model"], configuration.encoder.width)
    let embeddings = model["embeddings"]
    tokenEmbedding = try embeddings.tensor(
      "token_embedding.weight", shape: [configuration.vocabSize, width], initial: .normal(std: 0.02))
    positionEmbedding = try embeddings.tensor(
      "position_embedding.weight", shape: [configuration.maxPositionEmbeddings, width], initial: .normal(std: 0.02))
    encoder = try CLIPEncoder(model["encoder"], configuration.encoder)
    finalNorm = try LayerNorm(model["final_layer_norm"], width: width, epsilon: configuration.encoder.epsilon)
  }

  package var shape: TextTowerShape {
    TextTowerShape(
      width: configuration.encoder.width, positions: configuration.maxPositionEmbeddings,
      vocabulary: configuration.vocabSize, layers: configuration.encoder.layers)
  }

  package func embed(_ tokens: [[Int]]) -> Tensor {
    precondition(Set(tokens.map(\.count)).count == 1, "CLIP: rows of \(tokens.map(\.count)) tokens are not one batch")
    return tokenEmbedding.rows(tokens.flatMap { $0 }).reshaped([tokens.count, tokens[0].count, -1])
  }

  package func encode(embedded: Tensor, of tokens: [[Int]]?, skippingLast skipped: Int) -> TextStates {
    let length = embedded.size(1)
    precondition(
      length <= configuration.maxPositionEmbeddings,
      "CLIP: \(length) tokens, but positions for \(configuration.maxPositionEmbeddings)")
    let positions = positionEmbedding.slice(axis: 0, from: 0, to: length).reshaped([1, length, -1])
    let states = finalNorm(encoder(embedded + positions, causal: true, skippingLast: skipped))
    return TextStates(states: states, pooled: tokens.map { pooled(states, of: $0) })
  }

  /// The state of each text's end token: (B, width) of (B, T, width).
  func pooled(_ states: Tensor, of tokens: [[Int]]) -> Tensor {
    let length = states.size(1)
    let ends = tokens.enumerated().map { $0.offset * length + endPosition($0.element) }
    return states.reshaped([tokens.count * length, -1]).rows(ends)
  }

  /// Index of a text's end: its first end token, or its largest id in models configured before that was named.
  private func endPosition(_ tokens: [Int]) -> Int {
    let end = configuration.eosTokenID == 2 ? tokens.max() : configuration.eosTokenID
    return tokens.firstIndex { $0 == end } ?? 0
  }
}
