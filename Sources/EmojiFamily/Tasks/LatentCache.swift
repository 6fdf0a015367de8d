package import NegativeSpaceEmojiWorld
import NegativeSpaceKernels
package import NegativeSpaceNetworks
package import NegativeSpaceTensors

/// The latents of a dataset's first samples, encoded once: the denoiser's training reads them again and again.
package struct LatentCache: Sendable {
  /// (N, H, W, C) of pictures or (N, F, H, W, C) of clips, scaled to unit deviation, bfloat16.
  package let latents: Tensor

  package var count: Int { latents.size(0) }

  package init(latents: Tensor) { self.latents = latents }

  /// Encodes pictures (`frames` nil) or clips.
  ///
  /// - Parameters:
  ///   - known: the latents of the first of them, which are not encoded again.
  ///   - progress: gets the number done after every batch.
  /// - Throws: what `progress` throws.
  package init(
    _ dataset: Dataset, count: Int, frames: Int?, autoencoder: AutoencoderKL, after known: Tensor? = nil,
    progress: (Int) throws -> Void
  ) throws {
    let scale = autoencoder.configuration.scalingFactor
    let batch = frames == nil ? 16 : 2
    var parts = known.map { [$0] } ?? []
    for start in stride(from: known?.size(0) ?? 0, to: count, by: batch) {
      let range = start..<min(count, start + batch)
      let canvases =
        frames.map { PictureBatch.clips(dataset, range, frames: $0).flatMap(\.frames) }
        ?? PictureBatch.samples(dataset, range).map(\.canvas)
      let mean = autoencoder.encode(PictureBatch.tensor(canvases)).mean * scale
      let shape = frames.map { [range.count, $0] + mean.shape.dropFirst() } ?? mean.shape
      parts.append(mean.reshaped(shape).cast(to: .bfloat16))
      try progress(range.upperBound)
    }
    latents = Tensor.concatenate(parts, axis: 0)
  }

  /// The latents with these indices, float32.
  func rows(_ indices: [Int]) -> Tensor { latents.rows(indices).cast(to: .float32) }

  /// One frame of a clip as a picture (1, H, W, C), float32.
  func frame(_ frame: Int, of clip: Int) -> Tensor {
    let frames = rows([clip]).slice(axis: 1, from: frame, to: frame + 1)
    return frames.reshaped([1] + frames.shape[2...])
  }
}
