import NegativeSpaceKernels
package import NegativeSpaceNetworks
import NegativeSpacePipelines
package import NegativeSpaceSampling
package import NegativeSpaceTensors
import NegativeSpaceText

/// A model that something is learned on: it stays as it is, and is asked only for what leads to that.
package struct FrozenModel: Sendable {
  package let denoiser: any Denoiser
  package let autoencoder: any LatentCodec
  package let text: TextConditioner
  package let scheduler: SchedulerConfiguration
  /// Latents of one sample, channels last: (h, w, C) or (F, h, w, C).
  package let latentShape: [Int]
  /// Frames a second, for a denoiser that is told them.
  package let fps: Float?

  package init(
    denoiser: any Denoiser, autoencoder: any LatentCodec, text: TextConditioner, scheduler: SchedulerConfiguration,
    latentShape: [Int], fps: Float? = nil
  ) {
    self.fps = fps
    (self.denoiser, self.autoencoder, self.text) = (denoiser, autoencoder, text)
    (self.scheduler, self.latentShape) = (scheduler, latentShape)
  }

  /// Frames of a sample.
  package var frames: Int { latentShape.count == 4 ? latentShape[0] : 1 }

  /// The sampler of every run: deterministic, so that a clean estimate on the way stays close to the end.
  package func sampler(steps: Int) throws -> any Sampler { try SamplerName.ddim.sampler(scheduler, steps: steps) }

  /// The states of the empty prompt (1, 77, D), where learning starts.
  package func emptyStates() -> Tensor { text([""]) }

  /// Frames in [0, 1] of clean latents (B, …): (B·F, H, W, 3).
  ///
  /// Values outside are cut, and have no gradient, as in a picture file.
  package func pictures(of latents: Tensor, isCheckpointed: Bool = false) -> Tensor {
    let frames = latents.reshaped([-1] + latentShape.suffix(3))
    return (autoencoder.frames(of: frames, isCheckpointed: isCheckpointed).cast(to: .float32) * 0.5 + 0.5).clamped(0, 1)
  }
}
