package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The video denoiser of ModelScope and ZeroScope (arXiv:2308.06571), keyed as in diffusers.
package struct UNet3DConditionModel: Sendable {
  package let configuration: UNet3DConditionConfiguration
  private let timesteps: Timesteps
  private let timeEmbedding: TimestepEmbedding
  private let convIn: Convolution2D
  private let transformerIn: TransformerTemporalModel
  private let body: UNetBody<VideoLayer>
  private let normOut: GroupNorm
  private let convOut: Convolution2D

  /// - Throws: `ConfigurationError`, or what the weight source throws.
  package init(_ configuration: UNet3DConditionConfiguration, _ weights: WeightScope) throws {
    self.configuration = configuration
    let shape = try configuration.shape()
    let width = shape.down[0].channels
    timesteps = Timesteps(width: width)
    timeEmbedding = try TimestepEmbedding(weights["time_embedding"], from: width, to: shape.timeWidth)
    convIn = try Convolution2D(weights["conv_in"], from: configuration.inChannels, to: width)
    // Always 8 heads, so that its inner width differs from the channels.
    transformerIn = try TransformerTemporalModel(
      weights["transformer_in"], channels: width, groups: shape.groups, heads: 8,
      headWidth: configuration.attentionHeadDim)
    body = try UNetBody(weights, shape)
    normOut = try GroupNorm(weights["conv_norm_out"], channels: width, groups: shape.groups, epsilon: shape.epsilon)
    convOut = try Convolution2D(weights["conv_out"], from: width, to: configuration.outChannels)
  }

  /// What the network predicts, in the type of `latents` whatever it computes in.
  ///
  /// - Parameters:
  ///   - latents: (B, F, H, W, inChannels).
  ///   - timesteps: B of them, or one for all.
  ///   - text: (B, S, crossAttentionDim): one prompt for all frames of a video.
  ///   - residuals: added to the states between the way down and the way up, pictures in the order of (B, F).
  ///   - features: of an earlier step, to be used in place of the inner blocks.
  ///   - isCheckpointed: whether gradients recompute each layer instead of remembering its inside.
  /// - Returns: (B, F, H, W, outChannels).
  package func callAsFunction(
    _ latents: Tensor, timesteps: [Float], text: Tensor, residuals: UNetResiduals? = nil,
    reusing features: InnerFeatures? = nil, isCheckpointed: Bool = false
  ) -> Tensor {
    precondition(latents.rank == 5, "UNet3DConditionModel: latents \(latents.shape) are not (B, F, H, W, C)")
    let type = convIn.weight.dtype
    let frames = latents.size(1)
    let context = UNetContext(
      time: timeEmbedding(self.timesteps(timesteps)).silu(), text: text.cast(to: type), frames: frames,
      isCheckpointed: isCheckpointed)
    let pictures = latents.cast(to: type).reshaped([latents.size(0) * frames] + latents.shape[2...])  // (B·F, H, W, C)
    var x = transformerIn(convIn(pictures), frames: frames)
    x = body(x, context, residuals: residuals, reusing: features)
    x = convOut(normOut(x, then: .silu))
    return x.reshaped(latents.shape.dropLast() + [x.size(3)]).cast(to: latents.dtype)
  }
}
