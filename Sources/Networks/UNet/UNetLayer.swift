package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The step that a UNet's blocks are made of: a resnet and what follows it before the next one.
///
/// Image and video networks differ in this step only; the way down, across and up again is the same.
package protocol UNetLayer: UNetStep {
  /// - Parameters:
  ///   - block: the block's place, under which parts are listed by kind: `resnets.{index}`, `attentions.{index}`, …
  ///   - index: index of this layer in the block.
  init(_ block: WeightScope, index: Int, _ shape: UNetLayerShape) throws
}

/// The same once it is built.
package protocol UNetStep: Sendable {
  /// Its transformer blocks.
  var places: [TransformerBlockPlace] { get }

  /// (B·F, H, W, inputs) to (B·F, H, W, outputs).
  func callAsFunction(_ x: Tensor, _ context: UNetContext) -> Tensor
}
