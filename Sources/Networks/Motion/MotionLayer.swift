package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// One layer of `UNetMotionModel`: an image layer for each frame, then a transformer along time where there is one.
package struct MotionLayer: UNetLayer {
  private let image: ImageLayer
  private let motion: AnimateDiffTransformer3D?

  package init(_ block: WeightScope, index: Int, _ shape: UNetLayerShape) throws {
    image = try ImageLayer(block, index: index, shape)
    motion = try shape.motion.map {
      try AnimateDiffTransformer3D(
        block["motion_modules"][index], channels: shape.outputs, groups: shape.groups, $0)
    }
  }

  package var places: [TransformerBlockPlace] { image.places + (motion?.places ?? []) }

  package func callAsFunction(_ x: Tensor, _ context: UNetContext) -> Tensor {
    let x = image(x, context)
    return motion?(x, frames: context.frames, changes: context.changes) ?? x
  }
}
