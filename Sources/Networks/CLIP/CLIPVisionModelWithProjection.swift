import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// CLIP's vision tower with the projection into the space that it shares with texts, keyed as in transformers.
package struct CLIPVisionModelWithProjection: Sendable {
  /// Output of the whole tower.
  package struct Output: Sendable {
    /// (B, 1 + patches, width): the class token, then the patches row by row; no final norm.
    package let lastHiddenState: Tensor
    /// (B, width): the class token after the final norm.
    package let pooled: Tensor
    /// (B, projectionDim): the pooled state projected; not normalised to length 1.
    package let imageEmbeds: Tensor
  }

  package let configuration: CLIPVisionConfiguration
  private let patchEmbedding: Convolution2D
  /// (width).
  private let classEmbedding: Tensor
  /// (1 + patches, width).
  private let positionEmbedding: Tensor
  private let preNorm: LayerNorm
  private let encoder: CLIPEncoder
  private let postNorm: LayerNorm
  private let projection: Linear

  /// - Throws: `ConfigurationError`, or the weight source's own error.
  package init(_ configuration: CLIPVisionConfiguration, _ weights: WeightScope) throws {
    try configuration.validate()
    self.configuration = configuration
    let (model, shape) = (weights["vision_model"], configuration.encoder)
    let (embeddings, width) = (model["embeddings"], shape.width)
    let deviation = Initial.normal(std: 1 / Float(width).squareRoot())
    let side = configuration.imageSize / configuration.patchSize
    classEmbedding = try embeddings.tensor("class_embedding", shape: [width], initial: deviation)
    patchEmbedding = try Convolution2D(
      embeddings["patch_embedding"], from: configuration.channels, to: width, kernel: configuration.patchSize,
      stride: configuration.patchSize, padding: Padding(0), bias: false, initial: .normal(std: 0.02))
    positionEmbedding = try embeddings.tensor(
      "position_embedding.weight", shape: [side * side + 1, width], initial: .normal(std: 0.02))
    // The name is misspelt in every file.
    preNorm = try LayerNorm(model["pre_layrnorm"], width: width, epsilon: shape.epsilon)
    encoder = try CLIPEncoder(model["encoder"], shape)
    postNorm = try LayerNorm(model["post_layernorm"], width: width, epsilon: shape.epsilon)
    projection = try Linear(
      weights["visual_projection"], from: width, to: configuration.projectionDim, bias: false, initial: deviation)
  }

  /// Pictures (B, imageSize, imageSize, channels), already with CLIP's mean and deviation taken out.
  package func callAsFunction(_ pictures: Tensor) -> Output {
    let (batch, size, width) = (pictures.size(0), configuration.imageSize, configuration.encoder.width)
    precondition(
      pictures.shape == [batch, size, size, configuration.channels],
      "CLIP: pictures \(pictures.shape) for a tower of \(size)×\(size)×\(configuration.channels)")
    let patches = patchEmbedding(pictures.cast(to: patchEmbedding.weight.dtype)).reshaped([batch, -1, width])
    let first = classEmbedding.reshaped([1, 1, width]).expanded(to: [batch, 1, width])
    let tokens = Tensor.concatenate([first, patches], axis: 1) + positionEmbedding.reshaped([1, -1, width])
    let states = encoder(preNorm(tokens), causal: false)
    let pooled = postNorm(states.slice(axis: 1, from: 0, to: 1)).reshaped([batch, width])
    return Output(lastHiddenState: states, pooled: pooled, imageEmbeds: projection(pooled))
  }
}
