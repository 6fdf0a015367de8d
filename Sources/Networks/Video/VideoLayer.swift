package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// One layer of `UNet3DConditionModel`: what an image layer does to each frame, each part followed by its twin along
/// time.
package struct VideoLayer: UNetLayer {
  private let resnet: ResnetBlock2D
  private let temporalConvolution: TemporalConvLayer
  private let attention: (spatial: Transformer2DModel, temporal: TransformerTemporalModel)?

  package init(_ block: WeightScope, index: Int, _ shape: UNetLayerShape) throws {
    resnet = try ResnetBlock2D(
      block["resnets"][index], from: shape.inputs, to: shape.outputs, timeWidth: shape.timeWidth, groups: shape.groups,
      epsilon: shape.epsilon)
    temporalConvolution = try TemporalConvLayer(
      block["temp_convs"][index], channels: shape.outputs, groups: shape.groups)
    attention = try shape.attention.map {
      (
        spatial: try Transformer2DModel(block["attentions"][index], channels: shape.outputs, groups: shape.groups, $0),
        temporal: try TransformerTemporalModel(
          block["temp_attentions"][index], channels: shape.outputs, groups: shape.groups, heads: $0.heads,
          headWidth: $0.headWidth)
      )
    }
  }

  package var places: [TransformerBlockPlace] {
    attention.map { $0.spatial.places + $0.temporal.places } ?? []
  }

  package func callAsFunction(_ x: Tensor, _ context: UNetContext) -> Tensor {
    let x = temporalConvolution(resnet(x, time: context.time), frames: context.frames)
    guard let attention else { return x }
    let seen = attention.spatial(x, text: context.text, changes: context.changes)
    return attention.temporal(seen, frames: context.frames, changes: context.changes)
  }
}
