package import NegativeSpaceTensors

/// The part of a picture that is painted anew; the rest is put back after every step, with the noise that is due there.
///
/// As diffusers' `StableDiffusionInpaintPipeline` does with a network that knows nothing of masks.
package struct RepaintedRegion: Sendable {
  /// (N, H, W, C) or (B, F, H, W, C), the picture's own latents.
  private let original: Tensor
  /// The noise that the run started with, of the same shape.
  private let noise: Tensor
  /// 1 where it is painted anew, 0 where the picture stays; the same shape with one channel.
  private let mask: Tensor

  package init(original: Tensor, noise: Tensor, mask: Tensor) {
    (self.original, self.noise, self.mask) = (original, noise, mask)
  }

  /// The latents after `call` with everything outside of the region as the picture has it.
  package func restored(in latents: Tensor, after call: Int, of sampler: any Sampler) -> Tensor {
    let isLast = call + 1 == sampler.timesteps.count
    let surroundings = isLast ? original : sampler.noised(original, with: noise, at: call + 1)
    return (1 - mask) * surroundings + mask * latents
  }
}
