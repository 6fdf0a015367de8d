package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The inputs of every layer of a UNet besides the picture.
package struct UNetContext {
  /// Time embedding after its SiLU: (b, timeWidth), b dividing the number of samples.
  package var time: Tensor
  /// Text states: (B, S, contextWidth).
  package var text: Tensor
  /// Frames of each sample; the pictures (B·F, H, W, C) are in the order of (B, F).
  package var frames: Int
  /// Whether layers are computed again on the way back instead of being remembered.
  package var isCheckpointed: Bool
  /// What is changed in attention.
  package var changes: AttentionChanges?

  package init(
    time: Tensor, text: Tensor, frames: Int = 1, isCheckpointed: Bool = false, changes: AttentionChanges? = nil
  ) {
    self.time = time
    self.text = text
    self.frames = frames
    self.isCheckpointed = isCheckpointed
    self.changes = changes
  }

  /// `layer(x)` in this context, checkpointed if so asked.
  func through(_ layer: some UNetStep, _ x: Tensor) -> Tensor {
    guard isCheckpointed else { return layer(x, self) }
    return checkpoint([x, time, text] + (changes?.avoided.map { [$0.states] } ?? [])) { inputs in
      var inner = self
      (inner.time, inner.text, inner.isCheckpointed) = (inputs[1], inputs[2], false)
      if inputs.count > 3 { inner.changes?.avoided?.states = inputs[3] }
      return layer(inputs[0], inner)
    }
  }
}
