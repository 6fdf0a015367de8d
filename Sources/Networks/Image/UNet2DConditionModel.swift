package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The image denoiser of Stable Diffusion 1.x and 2.x (arXiv:2112.10752), keyed as in diffusers.
package struct UNet2DConditionModel: Sendable {
  package let configuration: UNet2DConditionConfiguration
  private let timesteps: Timesteps
  private let timeEmbedding: TimestepEmbedding
  private let convIn: Convolution2D
  private let body: UNetBody<ImageLayer>
  private let normOut: GroupNorm
  private let convOut: Convolution2D

  /// - Throws: `ConfigurationError`, or what the weight source throws.
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

  /// What the network predicts (noise or velocity), in the type of `latents` whatever it computes in.
  ///
  /// - Parameters:
  ///   - latents: (B, H, W, inChannels).
  ///   - timesteps: B of them, or one for all.
  ///   - text: (B, S, crossAttentionDim).
  ///   - residuals: added to the states between the way down and the way up.
  ///   - features: of an earlier step, to be used in place of the inner blocks.
  ///   - isCheckpointed: whether gradients recompute each layer instead of remembering its inside.
  /// - Returns: (B, H, W, outChannels).
  package func callAsFunction(
    _ latents: Tensor, timesteps: [Float], text: Tensor, residuals: UNetResiduals? = nil,
    reusing features: InnerFeatures? = nil, isCheckpointed: Bool = false
  ) -> Tensor {
    let type = convIn.weight.dtype
    let context = UNetContext(
      time: timeEmbedding(self.timesteps(timesteps)).silu(), text: text.cast(to: type), isCheckpointed: isCheckpointed)
    let x = body(convIn(latents.cast(to: type)), context, residuals: residuals, reusing: features)
    return convOut(normOut(x, then: .silu)).cast(to: latents.dtype)
  }
}
