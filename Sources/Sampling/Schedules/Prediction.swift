import NegativeSpaceTensors

/// The quantity that a network was trained to predict.
package enum Prediction: String, CaseIterable, Sendable {
  /// The noise.
  case epsilon
  /// √ᾱ · noise − √(1 − ᾱ) · x₀ (arXiv:2202.00512).
  case velocity = "v_prediction"
  /// The clean sample itself.
  case sample

  /// The clean sample that a prediction means, for latents = signal · x₀ + noise · ε.
  func denoised(_ output: Tensor, from latents: Tensor, signal: Float, noise: Float) -> Tensor {
    switch self {
    case .epsilon: (latents - noise * output) / signal
    case .velocity: signal * latents - noise * output
    case .sample: output
    }
  }

  /// The noise that a prediction means, in the same terms.
  func noise(_ output: Tensor, from latents: Tensor, signal: Float, noise: Float) -> Tensor {
    switch self {
    case .epsilon: output
    case .velocity: signal * output + noise * latents
    case .sample: (latents - signal * output) / noise
    }
  }

  /// The clean sample when latents = x₀ + sigma · ε, whose network saw latents / √(sigma² + 1).
  func denoised(_ output: Tensor, from latents: Tensor, sigma: Float) -> Tensor {
    let square = sigma * sigma + 1
    return switch self {
    case .epsilon: latents - sigma * output
    case .velocity: output * (-sigma / square.squareRoot()) + latents / square
    case .sample: output
    }
  }
}
