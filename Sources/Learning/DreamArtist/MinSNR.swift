import NegativeSpaceSampling

/// Min-SNR-γ (arXiv:2303.09556): timesteps with little noise count no more than their signal-to-noise ratio allows.
struct MinSNR: Sendable, Hashable {
  /// γ, the ratio from which on all timesteps count alike in the clean sample.
  let limit: Float

  /// Weight of the squared error of a prediction at a noise level; ᾱ is the part of the signal that is left.
  ///
  /// An error in x₀ counts min(SNR, γ). One in ε is SNR times as large in x₀, one in the velocity SNR + 1 times.
  func weight(_ prediction: Prediction, alphaCumprod: Float) -> Float {
    let ratio = alphaCumprod / max(1 - alphaCumprod, 1e-12)
    let wanted = min(ratio, limit)
    return switch prediction {
    case .sample: wanted
    case .velocity: wanted / (ratio + 1)
    // Where no signal is left, the limit of both is 1.
    case .epsilon: ratio > 0 ? wanted / ratio : 1
    }
  }
}
