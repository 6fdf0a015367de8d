package import NegativeSpaceNetworks
package import NegativeSpaceTensors
package import NegativeSpaceText

/// Captions to the states that a denoiser is told, with a text encoder that does not change.
package struct TextConditioner: Sendable {
  package let tokenizer: CLIPTokenizer
  package let encoder: CLIPTextModel

  package init(tokenizer: CLIPTokenizer, encoder: CLIPTextModel) {
    (self.tokenizer, self.encoder) = (tokenizer, encoder)
  }

  /// (B, maxPositionEmbeddings, width) of B captions; nothing is recorded.
  package func callAsFunction(_ captions: [String]) -> Tensor {
    let length = encoder.configuration.maxPositionEmbeddings
    return withoutGradients { encoder(captions.map { tokenizer.encode($0, length: length).ids }).lastHiddenState }
  }
}
