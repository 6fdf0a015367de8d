package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// CLIP's text tower (arXiv:2103.00020), keyed as in transformers: token ids to the states that denoisers are told.
package struct CLIPTextModel: Sendable {
  /// What a run of the whole tower gives.
  package struct Output: Sendable {
    /// (B, T, width), after the final norm.
    package let lastHiddenState: Tensor
    /// (B, width): the last hidden state of each text's end token.
    package let pooled: Tensor
  }

  package let configuration: CLIPTextConfiguration
  /// (vocabSize, width).
  package let tokenEmbedding: Tensor
  /// (maxPositionEmbeddings, width).
  private let positionEmbedding: Tensor
  private let encoder: CLIPEncoder
  private let finalNorm: LayerNorm

  /// - Throws: `ConfigurationError`, or what the weight source throws.
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

  /// The vectors of token ids: (B, T, width).
  ///
  /// All rows are equally long, and every id is below `vocabSize`: the caller's duty, who chose tokenizer and tower.
  package func embed(_ tokens: [[Int]]) -> Tensor {
    precondition(Set(tokens.map(\.count)).count == 1, "CLIP: rows of \(tokens.map(\.count)) tokens are not one batch")
    return tokenEmbedding.rows(tokens.flatMap { $0 }).reshaped([tokens.count, tokens[0].count, -1])
  }

  /// The states of token vectors (B, T, width), T at most `maxPositionEmbeddings`: (B, T, width).
  ///
  /// - Parameters:
  ///   - skipped: layers left out at the end: 1 gives the penultimate states, diffusers' `clip_skip`.
  ///   - isNormed: whether the final norm follows.
  package func states(embedded: Tensor, skippingLast skipped: Int = 0, isNormed: Bool = true) -> Tensor {
    let length = embedded.size(1)
    precondition(
      length <= configuration.maxPositionEmbeddings,
      "CLIP: \(length) tokens, but positions for \(configuration.maxPositionEmbeddings)")
    let positions = positionEmbedding.slice(axis: 0, from: 0, to: length).reshaped([1, length, -1])
    let states = encoder(embedded + positions, causal: true, skippingLast: skipped)
    return isNormed ? finalNorm(states) : states
  }

  /// The states and the pooled state of token ids, B rows of T.
  package func callAsFunction(_ tokens: [[Int]]) -> Output {
    let states = states(embedded: embed(tokens))
    let length = states.size(1)
    let ends = tokens.enumerated().map { $0.offset * length + endPosition($0.element) }
    return Output(
      lastHiddenState: states, pooled: states.reshaped([tokens.count * length, -1]).rows(ends))
  }

  /// Where a text ends: at its first end token, or at its largest id in models configured before that was named.
  private func endPosition(_ tokens: [Int]) -> Int {
    let end = configuration.eosTokenID == 2 ? tokens.max() : configuration.eosTokenID
    return tokens.firstIndex { $0 == end } ?? 0
  }
}
