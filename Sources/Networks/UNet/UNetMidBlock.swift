package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The middle of a UNet: a layer with a transformer and one without.
package struct UNetMidBlock<Layer: UNetLayer>: Sendable {
  private let first: Layer
  private let second: Layer

  /// - Parameter weights: the network's place; asks for `mid_block`.
  package init(_ weights: WeightScope, _ shape: UNetShape) throws {
    let (block, channels) = (weights["mid_block"], shape.middle.channels)
    first = try Layer(
      block, index: 0,
      shape.layer(from: channels, to: channels, shape.middle.attention, motion: shape.middle.motion))
    second = try Layer(block, index: 1, shape.layer(from: channels, to: channels, nil))
  }

  /// Its transformer blocks.
  var places: [TransformerBlockPlace] { first.places + second.places }

  /// (B·F, H, W, C) to the same.
  package func callAsFunction(_ x: Tensor, _ context: UNetContext) -> Tensor {
    context.through(second, context.through(first, x))
  }
}
