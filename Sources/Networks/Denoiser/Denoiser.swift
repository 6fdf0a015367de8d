import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// A network that predicts what is to be taken out of noisy latents: all that differs between models of pictures and of
/// clips.
///
/// Latents are (B, H, W, C) for pictures and (B, F, H, W, C) for clips, as its configuration's `layout` says.
package protocol Denoiser: Sendable {
  /// The prediction (noise or velocity), shaped as `latents` with the network's own channels, in their type whatever it
  /// computes in.
  func predict(_ latents: Tensor, _ inputs: DenoiserInputs) -> Tensor

  /// Its transformer blocks, in the order of their use.
  var transformerBlocks: [TransformerBlockPlace] { get }
}

/// All that a denoiser is told beside its latents.
package struct DenoiserInputs {
  /// One for each of the B samples, or one for all.
  package var timesteps: [Float]
  /// (B, S, D): one prompt for a sample, whatever its frames.
  package var text: Tensor
  /// Frames a second, one for each sample or one for all, for a network that is told them; nil is its own usual rate.
  package var fps: [Float]?
  /// Added to the states between the way down and the way up; frames of clips one behind the other, in the order of (B,
  /// F).
  package var residuals: UNetResiduals?
  /// Features of an earlier step, to be used in place of the inner blocks.
  package var features: InnerFeatures?
  /// Whether gradients recompute each layer instead of remembering its inside.
  package var isCheckpointed: Bool
  /// What is changed in attention; nil is nothing.
  package var changes: AttentionChanges?

  package init(
    timesteps: [Float], text: Tensor, fps: [Float]? = nil, residuals: UNetResiduals? = nil,
    features: InnerFeatures? = nil, isCheckpointed: Bool = false, changes: AttentionChanges? = nil
  ) {
    (self.timesteps, self.text, self.fps, self.changes) = (timesteps, text, fps, changes)
    (self.residuals, self.features, self.isCheckpointed) = (residuals, features, isCheckpointed)
  }
}

extension Denoiser {
  /// None that can be named.
  package var transformerBlocks: [TransformerBlockPlace] { [] }
}

extension DenoiserInputs {
  /// The changes with the avoided text in the type that the network computes in.
  func typedChanges(_ type: DataType) -> AttentionChanges? {
    var typed = changes
    if let states = changes?.avoided?.states { typed?.avoided?.states = states.cast(to: type) }
    return typed
  }
}

extension Denoiser {
  /// The same with the inputs one by one.
  package func callAsFunction(
    _ latents: Tensor, timesteps: [Float], text: Tensor, fps: [Float]? = nil, residuals: UNetResiduals? = nil,
    reusing features: InnerFeatures? = nil, isCheckpointed: Bool = false
  ) -> Tensor {
    predict(
      latents,
      DenoiserInputs(
        timesteps: timesteps, text: text, fps: fps, residuals: residuals, features: features,
        isCheckpointed: isCheckpointed))
  }
}
