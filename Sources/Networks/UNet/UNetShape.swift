/// The sizes of a UNet's blocks, worked out from a configuration once: what all UNets have in common.
package struct UNetShape: Sendable {
  /// One resolution on the way down or up.
  package struct Stage: Sendable {
    package var channels: Int
    /// Layers on the way down; there is one more on the way up.
    package var layers: Int
    /// nil where the stage has no transformers.
    package var attention: AttentionShape?
    /// nil where the stage has no layers along time of AnimateDiff's kind.
    package var motion: MotionShape?
  }

  package var down: [Stage]
  /// The middle; `layers` is ignored, `attention` is there.
  package var middle: Stage
  package var up: [Stage]
  /// Width of the time embedding.
  package var timeWidth: Int
  package var groups: Int
  package var epsilon: Float

  /// Channels of the states that the way down hands to the way up, in their order.
  var skipChannels: [Int] {
    var channels = [down[0].channels]
    for (index, stage) in down.enumerated() {
      channels += Array(repeating: stage.channels, count: stage.layers + (index == down.count - 1 ? 0 : 1))
    }
    return channels
  }

  func layer(
    from inputs: Int, to outputs: Int, _ attention: AttentionShape?, motion: MotionShape? = nil
  ) -> UNetLayerShape {
    UNetLayerShape(
      inputs: inputs, outputs: outputs, attention: attention, motion: motion, timeWidth: timeWidth, groups: groups,
      epsilon: epsilon)
  }
}

/// The sizes of a transformer inside a UNet.
package struct AttentionShape: Sendable {
  /// The shape of the projections into and out of the transformer; the two differ only in how a file stores them.
  package enum Projection: Sendable {
    /// (C, C): SD 2.x and the video networks.
    case linear
    /// (C, C, 1, 1): SD 1.x.
    case pointwise
  }

  package var heads: Int
  package var headWidth: Int
  /// Transformer blocks in a row.
  package var depth: Int
  /// Width of the text states.
  package var contextWidth: Int
  package var projection: Projection
}

/// The sizes of one layer of a UNet's block.
package struct UNetLayerShape: Sendable {
  package var inputs: Int
  package var outputs: Int
  package var attention: AttentionShape?
  package var motion: MotionShape?
  package var timeWidth: Int
  package var groups: Int
  package var epsilon: Float
}
