package import NegativeSpaceTensors

/// The forward process, for training and for starting from a picture. All of it is differentiable tensor arithmetic.
extension NoiseSchedule {
  /// x_t = √ᾱ_t · x₀ + √(1 − ᾱ_t) · noise, with a timestep for each sample of the batch (axis 0) or one for all.
  package func addNoise(_ original: Tensor, _ noise: Tensor, timesteps: [Int]) -> Tensor {
    let (signal, level) = factors(timesteps, like: original)
    return signal * original + level * noise
  }

  /// √ᾱ_t · noise − √(1 − ᾱ_t) · x₀: what a network of `Prediction.velocity` is to predict.
  package func velocity(_ original: Tensor, _ noise: Tensor, timesteps: [Int]) -> Tensor {
    let (signal, level) = factors(timesteps, like: original)
    return signal * noise - level * original
  }

  /// The network's target for this sample and noise.
  package func target(_ prediction: Prediction, _ original: Tensor, _ noise: Tensor, timesteps: [Int]) -> Tensor {
    switch prediction {
    case .epsilon: noise
    case .velocity: velocity(original, noise, timesteps: timesteps)
    case .sample: original
    }
  }

  /// The clean sample that a network's output means for noisy latents.
  package func predictedOriginal(
    _ prediction: Prediction, output: Tensor, latents: Tensor, timesteps: [Int]
  ) -> Tensor {
    let (signal, level) = factors(timesteps, like: latents)
    return switch prediction {
    case .epsilon: (latents - level * output) / signal
    case .velocity: signal * latents - level * output
    case .sample: output
    }
  }

  /// √ᾱ and √(1 − ᾱ) of each sample, shaped (N, 1, …) to broadcast over the rest.
  private func factors(_ timesteps: [Int], like sample: Tensor) -> (signal: Tensor, noise: Tensor) {
    precondition(
      timesteps.count == 1 || timesteps.count == sample.size(0),
      "\(timesteps.count) timesteps do not fit a batch of shape \(sample.shape)")
    let shape = [timesteps.count] + [Int](repeating: 1, count: sample.rank - 1)
    let alphas = timesteps.map { alphasCumprod[$0] }
    return (
      Tensor(alphas.map { $0.squareRoot() }, shape: shape),
      Tensor(alphas.map { (1 - $0).squareRoot() }, shape: shape)
    )
  }
}
