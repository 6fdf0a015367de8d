import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The image denoiser of Stable Diffusion 1.x and 2.x (arXiv:2112.10752), keyed as in diffusers.
package struct UNet2DConditionModel: Denoiser {
  package let configuration: UNet2DConditionConfiguration
  private let timesteps: Timesteps
  private let timeEmbedding: TimestepEmbedding
  private let convIn: Convolution2D
  private let body: UNetBody<ImageLayer>
  private let normOut: GroupNorm
  private let convOut: Convolution2D

  /// - Throws: `ConfigurationError`, or the weight source's own error.
  package init(_ configuration: UNet2DConditionConfiguration, _ weights: WeightScope) throws {
    self.configuration = configuration
    let shape = try configuration.shape()
    let width = shape.down[0].channels
    timesteps = Timesteps(
      width: width, cosineFirst: configuration.flipSinToCos, frequencyShift: Float(configuration.freqShift))
    timeEmbedding = try TimestepEmbedding(weights["time_embedding"], from: width, to: shape.timeWidth)
    convIn = try Convolution2D(
      weights["conv_in"], from: configuration.inChannels, to: width, kernel: configuration.convInKernel)
    body = try UNetBody(weights, shape)
    normOut = try GroupNorm(weights["conv_norm_out"], channels: width, groups: shape.groups, epsilon: shape.epsilon)
    convOut = try Convolution2D(
      weights["conv_out"], from: width, to: configuration.outChannels, kernel: configuration.convOutKernel)
  }

  package var transformerBlocks: [TransformerBlockPlace] { body.places }

  /// - Parameter latents: (B, H, W, inChannels).
  /// - Returns: (B, H, W, outChannels).
  package func predict(_ latents: Tensor, _ inputs: DenoiserInputs) -> Tensor {
    let type = convIn.weight.dtype
    let context = UNetContext(
      time: timeEmbedding(timesteps(inputs.timesteps)).silu(), text: inputs.text.cast(to: type),
      isCheckpointed: inputs.isCheckpointed, changes: inputs.typedChanges(type))
    let x = body(convIn(latents.cast(to: type)), context, residuals: inputs.residuals, reusing: inputs.features)
    return convOut(normOut(x, then: .silu)).cast(to: latents.dtype)
  }
}
