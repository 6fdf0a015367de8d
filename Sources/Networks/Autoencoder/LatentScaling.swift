package import NegativeSpaceTensors

/// Between a codec's own latents z and the denoiser's: factor · (z − mean) / deviation.
package struct LatentScaling: Sendable, Hashable {
  package var factor: Float
  /// One for each channel; nil is 0.
  package var mean: [Float]?
  /// One for each channel; nil is 1.
  package var deviation: [Float]?

  package init(factor: Float, mean: [Float]? = nil, deviation: [Float]? = nil) {
    (self.factor, self.mean, self.deviation) = (factor, mean, deviation)
  }

  /// The denoiser's latents (…, C) of the codec's.
  package func applied(to latents: Tensor) -> Tensor {
    var z = latents
    if let mean { z = z - Tensor(mean, shape: [mean.count]) }
    if let deviation { z = z / Tensor(deviation, shape: [deviation.count]) }
    return factor * z
  }

  /// The codec's latents (…, C) of the denoiser's.
  package func removed(from latents: Tensor) -> Tensor {
    var z = latents / factor
    if let deviation { z = z * Tensor(deviation, shape: [deviation.count]) }
    if let mean { z = z + Tensor(mean, shape: [mean.count]) }
    return z
  }
}
