package import NegativeSpaceNetworks
package import NegativeSpaceTensors
package import NegativeSpaceText

/// Captions to the states that a denoiser is told, with a text tower that does not change.
package struct TextConditioner: Sendable {
  package let tokenizer: CLIPTokenizer
  package let tower: any TextTower

  package init(tokenizer: CLIPTokenizer, tower: any TextTower) {
    (self.tokenizer, self.tower) = (tokenizer, tower)
  }

  /// (B, positions, width) of B captions; nothing is recorded.
  package func callAsFunction(_ captions: [String]) -> Tensor {
    let length = tower.shape.positions
    return withoutGradients { tower(captions.map { tokenizer.encode($0, length: length).ids }).states }
  }
}
