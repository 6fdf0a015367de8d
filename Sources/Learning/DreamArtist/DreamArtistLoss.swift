import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpaceSampling
package import NegativeSpaceTensors

/// Noisy pictures of a step, B of them.
package struct NoisyPictures {
  /// Clean latents, (B, h, w, C).
  package var latents: Tensor
  /// ε, of the same shape.
  package var noise: Tensor
  /// One for each.
  package var timesteps: [Int]
  /// Weight of each latent's error, (B, h, w, 1); nil is 1.
  package var attention: Tensor?
  /// The pictures themselves, (B, H, W, 3) in −1…1, for L_rec.
  package var pictures: Tensor?

  package init(
    latents: Tensor, noise: Tensor, timesteps: [Int], attention: Tensor? = nil, pictures: Tensor? = nil
  ) {
    (self.latents, self.noise, self.timesteps) = (latents, noise, timesteps)
    (self.attention, self.pictures) = (attention, pictures)
  }
}

/// Loss of DreamArtist (arXiv:2211.11337): what guidance makes of both branches, against what the denoiser is trained to
/// predict.
package struct DreamArtistLoss: Sendable {
  private let model: FrozenModel
  private let schedule: NoiseSchedule
  private let prediction: Prediction
  private let guidance: DreamArtistGuidance
  private let minSNR: MinSNR?
  private let isCheckpointed: Bool

  /// - Parameter minSNR: γ of Min-SNR-γ; nil lets all timesteps count alike.
  /// - Throws: errors in the schedule.
  package init(
    _ model: FrozenModel, guidance: DreamArtistGuidance, minSNR: Float? = nil, isCheckpointed: Bool = false
  ) throws {
    (self.model, self.guidance, self.isCheckpointed) = (model, guidance, isCheckpointed)
    self.minSNR = minSNR.map(MinSNR.init)
    schedule = try NoiseSchedule(model.scheduler)
    prediction = model.scheduler.prediction ?? .epsilon
  }

  /// Timesteps there are.
  package var timestepCount: Int { schedule.count }

  /// ε̂ = εⁿ + γ(t) (εᵖ − εⁿ), in whatever the denoiser predicts, as generation guides: ∂ε̂/∂εᵖ is γ, ∂ε̂/∂εⁿ is 1 − γ.
  ///
  /// - Parameters:
  ///   - noisy: (B, h, w, C).
  ///   - positive: (B, T, D).
  ///   - negative: (B, T, D); nil leaves the positive branch alone, as Textual Inversion does.
  ///   - networks: each branch's own, in DreamArtist++.
  package func guided(
    _ noisy: Tensor, timesteps: [Int], positive: Tensor, negative: Tensor?, by networks: BranchLoRAs.Pair? = nil
  ) -> Tensor {
    let times = timesteps.map(Float.init)
    guard let negative else {
      return model.denoiser(noisy, timesteps: times, text: positive, isCheckpointed: isCheckpointed)
    }
    let count = timesteps.count
    let (avoided, wanted): (Tensor, Tensor)
    if let networks {
      avoided = networks.negative.denoiser(noisy, timesteps: times, text: negative, isCheckpointed: isCheckpointed)
      wanted = networks.positive.denoiser(noisy, timesteps: times, text: positive, isCheckpointed: isCheckpointed)
    } else {
      let output = model.denoiser(
        Tensor.concatenate([noisy, noisy], axis: 0), timesteps: times + times,
        text: Tensor.concatenate([negative, positive], axis: 0), isCheckpointed: isCheckpointed)
      avoided = output.slice(axis: 0, from: 0, to: count)
      wanted = output.slice(axis: 0, from: count, to: 2 * count)
    }
    let scales = timesteps.map { guidance($0, of: schedule.count) }
    return avoided + Tensor(scales, shape: [count, 1, 1, 1]) * (wanted - avoided)
  }

  /// L_da, the mean squared error of ε̂ in latent space, and L_rec, the mean absolute error of the decoded estimate in
  /// pixels (−1…1, not cut), where the pictures are given.
  package func callAsFunction(
    _ sample: NoisyPictures, positive: Tensor, negative: Tensor?, by networks: BranchLoRAs.Pair? = nil
  ) -> (latents: Tensor, pixels: Tensor?) {
    let noisy = schedule.addNoise(sample.latents, sample.noise, timesteps: sample.timesteps)
    let output = guided(noisy, timesteps: sample.timesteps, positive: positive, negative: negative, by: networks)
    let target = schedule.target(prediction, sample.latents, sample.noise, timesteps: sample.timesteps)
    var errors = (output - target).square()
    if let minSNR {
      let weights = sample.timesteps.map { minSNR.weight(prediction, alphaCumprod: schedule.alphasCumprod[$0]) }
      errors = errors * Tensor(weights, shape: [weights.count, 1, 1, 1])
    }
    let latents = (sample.attention.map { errors * $0 } ?? errors).mean()
    let pixels = sample.pictures.map { pictures in
      let estimate = schedule.predictedOriginal(
        prediction, output: output, latents: noisy, timesteps: sample.timesteps)
      let frames = model.autoencoder.frames(of: estimate, isCheckpointed: isCheckpointed).cast(to: .float32)
      return (pictures - frames).abs().mean()
    }
    return (latents, pixels)
  }
}
