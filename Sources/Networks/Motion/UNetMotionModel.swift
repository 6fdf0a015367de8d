import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// AnimateDiff (arXiv:2307.04725): an image denoiser with layers along time between its own, keyed as in diffusers.
///
/// Its weights are those of the `UNet2DConditionModel` and those of the `MotionAdapter`, whose names do not meet.
package struct UNetMotionModel: Denoiser {
  package let configuration: UNetMotionConfiguration
  private let timesteps: Timesteps
  private let timeEmbedding: TimestepEmbedding
  private let convIn: Convolution2D
  private let body: UNetBody<MotionLayer>
  private let normOut: GroupNorm
  private let convOut: Convolution2D

  /// - Throws: `ConfigurationError`, or the weight source's own error.
  package init(_ configuration: UNetMotionConfiguration, _ weights: WeightScope) throws {
    self.configuration = configuration
    let (shape, unet) = (try configuration.shape(), configuration.unet)
    let width = shape.down[0].channels
    timesteps = Timesteps(width: width, cosineFirst: unet.flipSinToCos, frequencyShift: Float(unet.freqShift))
    timeEmbedding = try TimestepEmbedding(weights["time_embedding"], from: width, to: shape.timeWidth)
    convIn = try Convolution2D(weights["conv_in"], from: unet.inChannels, to: width, kernel: unet.convInKernel)
    body = try UNetBody(weights, shape)
    normOut = try GroupNorm(weights["conv_norm_out"], channels: width, groups: shape.groups, epsilon: shape.epsilon)
    convOut = try Convolution2D(weights["conv_out"], from: width, to: unet.outChannels, kernel: unet.convOutKernel)
  }

  package var transformerBlocks: [TransformerBlockPlace] { body.places }

  /// - Parameters:
  ///   - latents: (B, F, H, W, inChannels), F no more than the adapter's `maxSeqLength`.
  ///   - inputs: `text` may also have a row for each frame, (B·F, S, D), as diffusers gives it.
  /// - Returns: (B, F, H, W, outChannels).
  package func predict(_ latents: Tensor, _ inputs: DenoiserInputs) -> Tensor {
    precondition(latents.rank == 5, "UNetMotionModel: latents \(latents.shape) are not (B, F, H, W, C)")
    let type = convIn.weight.dtype
    let frames = latents.size(1)
    let context = UNetContext(
      time: timeEmbedding(timesteps(inputs.timesteps)).silu(), text: inputs.text.cast(to: type), frames: frames,
      isCheckpointed: inputs.isCheckpointed, changes: inputs.typedChanges(type))
    let pictures = latents.cast(to: type).reshaped([latents.size(0) * frames] + latents.shape[2...])  // (B·F, H, W, C)
    var x = body(convIn(pictures), context, residuals: inputs.residuals, reusing: inputs.features)
    x = convOut(normOut(x, then: .silu))
    return x.reshaped(latents.shape.dropLast() + [x.size(3)]).cast(to: latents.dtype)
  }
}
