import NegativeSpaceMedia
package import NegativeSpaceNetworks
package import NegativeSpaceTensors

/// The frames of finished latents, decoded one at a time.
package struct FrameDecoder {
  private let autoencoder: any LatentCodec
  /// (F, h, w, C), as the denoiser sees them.
  private let latents: Tensor
  private let isTiled: Bool
  private let scale: Int
  private var index = 0

  /// - Parameters:
  ///   - latents: (1, h, w, C) or (1, F, h, w, C), as the denoiser sees them.
  ///   - tiling: whether each is decoded piece by piece.
  ///   - scale: factor by which each frame is enlarged.
  package init(_ autoencoder: any LatentCodec, latents: Tensor, tiling: VAETiling = .auto, scale: Int) {
    self.autoencoder = autoencoder
    self.latents = latents.reshaped([latents.rank == 5 ? latents.size(1) : 1] + latents.shape.suffix(3))
    isTiled = tiling.applies(
      height: latents.size(-3) * autoencoder.factor, width: latents.size(-2) * autoencoder.factor)
    self.scale = scale
  }

  /// Number of frames.
  package var count: Int { latents.size(0) }

  /// The next frame, or nil after the last.
  ///
  /// - Throws: `MediaError.notANumber` where the autoencoder's output is broken.
  package mutating func next() throws -> Frame? {
    guard index < count else { return nil }
    defer { index += 1 }
    let frame = latents.slice(axis: 0, from: index, to: index + 1)
    let decoded = isTiled ? autoencoder.framesInTiles(of: frame) : autoencoder.frames(of: frame)  // (1, H, W, 3)
    let picture = try Picture(width: decoded.size(2), height: decoded.size(1), floats: decoded.floats, range: .signed)
    return Frame(picture.scaled(by: scale), index: index)
  }
}
