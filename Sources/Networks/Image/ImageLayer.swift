package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// One layer of `UNet2DConditionModel`: a resnet, then a transformer where the block has them.
package struct ImageLayer: UNetLayer {
  private let resnet: ResnetBlock2D
  private let attention: Transformer2DModel?

  package init(_ block: WeightScope, index: Int, _ shape: UNetLayerShape) throws {
    resnet = try ResnetBlock2D(
      block["resnets"][index], from: shape.inputs, to: shape.outputs, timeWidth: shape.timeWidth, groups: shape.groups,
      epsilon: shape.epsilon)
    attention = try shape.attention.map {
      try Transformer2DModel(block["attentions"][index], channels: shape.outputs, groups: shape.groups, $0)
    }
  }

  package var places: [TransformerBlockPlace] { attention?.places ?? [] }

  package func callAsFunction(_ x: Tensor, _ context: UNetContext) -> Tensor {
    let x = resnet(x, time: context.time)
    return attention?(x, text: context.text, changes: context.changes) ?? x
  }
}
