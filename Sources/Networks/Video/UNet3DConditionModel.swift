import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The video denoiser of ModelScope and ZeroScope (arXiv:2308.06571), keyed as in diffusers.
package struct UNet3DConditionModel: Denoiser {
  package let configuration: UNet3DConditionConfiguration
  private let timesteps: Timesteps
  private let timeEmbedding: TimestepEmbedding
  private let convIn: Convolution2D
  private let transformerIn: TransformerTemporalModel
  private let body: UNetBody<VideoLayer>
  private let normOut: GroupNorm
  private let convOut: Convolution2D

  /// - Throws: `ConfigurationError`, or the weight source's own error.
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

  package var transformerBlocks: [TransformerBlockPlace] { transformerIn.places + body.places }

  /// - Parameter latents: (B, F, H, W, inChannels).
  /// - Returns: (B, F, H, W, outChannels).
  package func predict(_ latents: Tensor, _ inputs: DenoiserInputs) -> Tensor {
    precondition(latents.rank == 5, "UNet3DConditionModel: latents \(latents.shape) are not (B, F, H, W, C)")
    let type = convIn.weight.dtype
    let frames = latents.size(1)
    let context = UNetContext(
      time: timeEmbedding(timesteps(inputs.timesteps)).silu(), text: inputs.text.cast(to: type), frames: frames,
      isCheckpointed: inputs.isCheckpointed, changes: inputs.typedChanges(type))
    let pictures = latents.cast(to: type).reshaped([latents.size(0) * frames] + latents.shape[2...])  // (B·F, H, W, C)
    var x = transformerIn(convIn(pictures), frames: frames, changes: inputs.changes)
    x = body(x, context, residuals: inputs.residuals, reusing: inputs.features)
    x = convOut(normOut(x, then: .silu))
    return x.reshaped(latents.shape.dropLast() + [x.size(3)]).cast(to: latents.dtype)
  }
}
