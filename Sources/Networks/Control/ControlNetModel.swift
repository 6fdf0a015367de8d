package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// A copy of a denoiser's first half that tells the denoiser where to put things (arXiv:2302.05543), keyed as in
/// diffusers.
package struct ControlNetModel: Sendable {
  package let configuration: ControlNetConfiguration
  private let timesteps: Timesteps
  private let timeEmbedding: TimestepEmbedding
  private let convIn: Convolution2D
  private let conditioningEmbedding: ControlNetConditioningEmbedding
  private let downPath: UNetDownPath<ImageLayer>
  private let midBlock: UNetMidBlock<ImageLayer>
  /// One for each state on the way down; zero before training, as are the next one and the embedding's last.
  private let downConvolutions: [Convolution2D]
  private let midConvolution: Convolution2D

  /// - Throws: `ConfigurationError`, or the weight source's own error.
  package init(_ configuration: ControlNetConfiguration, _ weights: WeightScope) throws {
    self.configuration = configuration
    let (shape, unet) = (try configuration.shape(), configuration.unet)
    let width = shape.down[0].channels
    timesteps = Timesteps(width: width, cosineFirst: unet.flipSinToCos, frequencyShift: Float(unet.freqShift))
    timeEmbedding = try TimestepEmbedding(weights["time_embedding"], from: width, to: shape.timeWidth)
    convIn = try Convolution2D(weights["conv_in"], from: unet.inChannels, to: width)
    conditioningEmbedding = try ControlNetConditioningEmbedding(
      weights["controlnet_cond_embedding"], from: configuration.conditioningChannels,
      through: configuration.conditioningEmbeddingOutChannels, to: width)
    downPath = try UNetDownPath(weights, shape)
    midBlock = try UNetMidBlock(weights, shape)
    func zero(_ part: WeightScope, _ channels: Int) throws -> Convolution2D {
      try Convolution2D(part, from: channels, to: channels, kernel: 1, initial: .zeros)
    }
    downConvolutions = try shape.skipChannels.enumerated().map {
      try zero(weights["controlnet_down_blocks"][$0.offset], $0.element)
    }
    midConvolution = try zero(weights["controlnet_mid_block"], shape.middle.channels)
  }

  /// Embedding of control pictures: the same at every step, so worked out once for a whole run.
  ///
  /// - Parameter pictures: (P, H, W, conditioningChannels), red first, in 0…1.
  /// - Returns: (P, h, w, C), h and w as those of the latents.
  package func embedding(of pictures: Tensor) -> Tensor {
    guard configuration.channelOrder == .bgr else { return conditioningEmbedding(pictures) }
    let channels = (0..<pictures.size(3)).reversed().map { pictures.slice(axis: 3, from: $0, to: $0 + 1) }
    return conditioningEmbedding(Tensor.concatenate(channels, axis: 3))
  }

  /// Residuals to be added to a denoiser's states.
  ///
  /// - Parameters:
  ///   - latents: (N, H, W, inChannels), as the denoiser gets them; the frames of videos one behind the other.
  ///   - timesteps: N of them, one for all, or a number that divides N.
  ///   - text: (B, S, crossAttentionDim), B dividing N.
  ///   - control: (P, H, W, C) of `embedding(of:)`, P dividing N; it repeats.
  ///   - strength: factor of everything that is added; diffusers' `conditioning_scale`.
  ///   - isCheckpointed: whether gradients recompute each layer instead of remembering its inside.
  /// - Returns: of N pictures each, (N, 1, 1, C) where the configuration asks for averages.
  package func callAsFunction(
    _ latents: Tensor, timesteps: [Float], text: Tensor, control: Tensor, strength: Float = 1,
    isCheckpointed: Bool = false
  ) -> UNetResiduals {
    let type = convIn.weight.dtype
    let context = UNetContext(
      time: timeEmbedding(self.timesteps(timesteps)).silu(), text: text.cast(to: type), isCheckpointed: isCheckpointed)
    let x = convIn(latents.cast(to: type))
    let controlled = (x.reshaped([-1] + control.shape) + control.cast(to: type)).reshaped(x.shape)
    let (last, skips) = downPath(controlled, context)
    func finished(_ residual: Tensor) -> Tensor {
      let scaled = residual * strength
      return configuration.globalPoolConditions ? scaled.mean(axes: [1, 2], keepDims: true) : scaled
    }
    return UNetResiduals(
      down: zip(downConvolutions, skips).map { finished($0($1)) },
      middle: finished(midConvolution(midBlock(last, context))))
  }
}
