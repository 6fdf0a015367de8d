package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// All of a UNet between its first convolution and its last norm: the way down, across and up again.
package struct UNetBody<Layer: UNetLayer>: Sendable {
  private let downPath: UNetDownPath<Layer>
  private let midBlock: UNetMidBlock<Layer>
  private let upPath: UNetUpPath<Layer>

  /// - Parameter weights: the network's place.
  package init(_ weights: WeightScope, _ shape: UNetShape) throws {
    downPath = try UNetDownPath(weights, shape)
    midBlock = try UNetMidBlock(weights, shape)
    upPath = try UNetUpPath(weights, shape)
  }

  /// Its transformer blocks.
  package var places: [TransformerBlockPlace] { downPath.places + midBlock.places + upPath.places }

  /// (B·F, H, W, C) to the same.
  ///
  /// - Parameters:
  ///   - residuals: added to the states between the way down and the way up.
  ///   - features: from an earlier step, in place of all blocks but the outermost, if they are still young enough.
  package func callAsFunction(
    _ x: Tensor, _ context: UNetContext, residuals: UNetResiduals? = nil, reusing features: InnerFeatures? = nil
  ) -> Tensor {
    if let inner = features?.reusable(beside: x) {
      let skips = downPath.outermost(x, context)
      return upPath.outermost(inner, skips: residuals?.added(to: skips) ?? skips, context)
    }
    var (x, skips) = downPath(x, context)
    x = midBlock(x, context)
    if let residuals { (x, skips) = (residuals.added(toMiddle: x), residuals.added(to: skips)) }
    x = upPath.inner(x, skips: &skips, context)
    features?.keep(x)
    return upPath.outermost(x, skips: skips, context)
  }
}
