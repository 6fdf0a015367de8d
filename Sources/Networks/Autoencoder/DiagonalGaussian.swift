package import NegativeSpaceTensors

/// An encoder's distribution of latents: a mean and a variance for each, independent of one another.
package struct DiagonalGaussian: Sendable {
  /// (N, H, W, C).
  package let mean: Tensor
  /// (N, H, W, C), kept within -30…20.
  package let logVariance: Tensor

  /// - Parameter moments: (N, H, W, 2C), the means first.
  package init(moments: Tensor) {
    let channels = moments.size(3) / 2
    mean = moments.slice(axis: 3, from: 0, to: channels)
    logVariance = moments.slice(axis: 3, from: channels, to: 2 * channels).clamped(-30, 20)
  }

  /// Latents drawn with `noise` (N, H, W, C) of mean 0 and deviation 1.
  package func sample(noise: Tensor) -> Tensor { mean + (logVariance * 0.5).exp() * noise }

  /// Kullback-Leibler divergence from mean 0 and deviation 1, in nats, summed over each sample: (N).
  package func divergence() -> Tensor {
    ((mean.square() + logVariance.exp() - 1 - logVariance) * 0.5).sum(axes: [1, 2, 3])
  }
}
