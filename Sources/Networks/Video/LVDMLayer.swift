import NegativeSpaceLayers
import NegativeSpaceTensors

/// One layer of `LVDMUNetModel`: a resnet that ends along time, then what pixels and what frames say to each other.
struct LVDMLayer: UNetStep {
  private let resnet: ResnetBlock2D
  private let temporalConvolution: TemporalConvLayer?
  private let attention: (spatial: Transformer2DModel, temporal: TransformerTemporalModel)?

  /// - Parameters:
  ///   - block: the block's place, under which parts are numbered as they follow each other.
  ///   - first: the resnet's number.
  init(
    _ block: WeightScope, at first: Int = 0, from inputs: Int, to outputs: Int, hasTransformers: Bool,
    _ configuration: LVDMUNetConfiguration
  ) throws {
    let groups = configuration.normNumGroups
    resnet = try ResnetBlock2D(
      block[first], from: inputs, to: outputs, timeWidth: 4 * configuration.modelChannels, groups: groups,
      epsilon: 1e-5, names: .latentDiffusion)
    // Spelled as in the original.
    temporalConvolution =
      try configuration.temporalConv
      ? TemporalConvLayer(block[first]["temopral_conv"], channels: outputs, groups: groups) : nil
    guard hasTransformers else {
      attention = nil
      return
    }
    let width = configuration.numHeadChannels
    let shape = AttentionShape(
      heads: outputs / width, headWidth: width, depth: configuration.transformerDepth,
      contextWidth: configuration.contextDim, projection: configuration.useLinear ? .linear : .pointwise)
    attention = (
      spatial: try Transformer2DModel(block[first + 1], channels: outputs, groups: groups, shape),
      temporal: try TransformerTemporalModel(
        block[first + 2], channels: outputs, groups: groups, heads: shape.heads, headWidth: width,
        depth: configuration.temporalTransformerDepth, isPointwise: !configuration.useLinear,
        relativeLength: configuration.relativeLength)
    )
  }

  var places: [TransformerBlockPlace] { attention.map { $0.spatial.places + $0.temporal.places } ?? [] }

  func callAsFunction(_ x: Tensor, _ context: UNetContext) -> Tensor {
    var x = resnet(x, time: context.time)
    if let temporalConvolution { x = temporalConvolution(x, frames: context.frames) }
    guard let attention else { return x }
    let seen = attention.spatial(x, text: context.text, changes: context.changes)
    return attention.temporal(seen, frames: context.frames, changes: context.changes)
  }
}

extension LVDMUNetConfiguration {
  /// Largest distance of the relative positions of frames; nil without them.
  var relativeLength: Int? { useRelativePosition ? temporalLength : nil }
}
