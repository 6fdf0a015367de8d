import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// T5 as a whole (arXiv:1910.10683), keyed as in transformers: a text goes in, another comes out token by token.
package struct T5ForConditionalGeneration: Sendable {
  package let configuration: T5Configuration
  package let encoder: T5EncoderModel
  private let decoder: T5Decoder
  /// (vocabSize, width): the table of the output, where it is not the input's.
  private let head: Tensor?

  /// - Throws: the weight source's own error.
  package init(_ configuration: T5Configuration, _ weights: WeightScope) throws {
    self.configuration = configuration
    encoder = try T5EncoderModel(configuration, weights)
    decoder = try T5Decoder(weights["decoder"], configuration, dtype: encoder.dtype)
    // A model that does not scale may tie both tables all the same; then files have one only.
    head =
      try !configuration.scalesOutput && weights.contains("lm_head.weight")
      ? weights["lm_head"].tensor(
        "weight", shape: [configuration.vocabSize, configuration.width], initial: .normal(std: 1)) : nil
  }

  /// The logits (B, T, vocabSize), float32, of every next token.
  ///
  /// - Parameters:
  ///   - tokens: B rows of S ids of the texts that go in. - mask: (B, S), 0 where a row is padded; nil without padding.
  ///   - decoderTokens: B rows of T ids, each beginning with `decoderStartTokenID`.
  package func callAsFunction(_ tokens: [[Int]], mask: Tensor? = nil, decoderTokens: [[Int]]) -> Tensor {
    logits(of: states(tokens, mask: mask, decoderTokens: decoderTokens))
  }

  /// The decoder's last states (B, T, width), float32, which `logits` makes logits of.
  package func states(_ tokens: [[Int]], mask: Tensor? = nil, decoderTokens: [[Int]]) -> Tensor {
    var memory = memory(of: encoder.states(tokens, mask: mask), mask: mask)
    return decoder(encoder.embed(decoderTokens), &memory)
  }

  /// The memory of texts of which nothing is written yet.
  ///
  /// - Parameters:
  ///   - states: the encoder's, (B, S, width). - mask: (B, S), or nil.
  package func memory(of states: Tensor, mask: Tensor? = nil) -> T5DecoderMemory {
    decoder.memory(of: states, mask: mask)
  }

  /// The logits (B, vocabSize), float32, after one more token of each text.
  package func next(_ tokens: [Int], _ memory: inout T5DecoderMemory) -> Tensor {
    let states = decoder(encoder.embed(tokens.map { [$0] }), &memory)
    return logits(of: states.reshaped([tokens.count, -1]))
  }

  /// (…, vocabSize) of the decoder's states (…, width).
  package func logits(of states: Tensor) -> Tensor {
    let scaled = configuration.scalesOutput ? states * (1 / Float(configuration.width).squareRoot()) : states
    return scaled.cast(to: encoder.dtype).linear(head ?? encoder.table).cast(to: .float32)
  }
}
