package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// CLIP's text tower with the projection into the space that it shares with pictures.
package struct CLIPTextModelWithProjection: Sendable {
  package let textModel: CLIPTextModel
  private let projection: Linear

  /// - Throws: `ConfigurationError`, or the weight source's own error.
  package init(_ configuration: CLIPTextConfiguration, _ weights: WeightScope) throws {
    textModel = try CLIPTextModel(configuration, weights)
    let width = configuration.encoder.width
    projection = try Linear(
      weights["text_projection"], from: width, to: configuration.projectionDim, bias: false,
      initial: .normal(std: 1 / Float(width).squareRoot()))
  }

  /// (B, projectionDim) of B rows of T token ids; not normalised to length 1.
  package func callAsFunction(_ tokens: [[Int]]) -> Tensor {
    projected(textModel.pooled(textModel(tokens).states, of: tokens))
  }

  /// (B, projectionDim) of the states of B texts' ends (B, width).
  package func projected(_ pooled: Tensor) -> Tensor { projection(pooled) }
}
