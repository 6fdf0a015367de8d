package import Networks
package import Tensors

/// The only thing that differs between pictures and videos: the network that predicts the noise.
package enum DenoisingNetwork: Sendable {
  /// Latents (B, H, W, C).
  case image(UNet2DConditionModel)
  /// Latents (B, F, H, W, C).
  case video(UNet3DConditionModel)
  /// Latents (B, F, H, W, C).
  case motion(UNetMotionModel)

  /// What the network predicts for every sample of a batch, at one timestep, told `text` (B, S, D).
  ///
  /// - Parameters:
  ///   - residuals: what ControlNets add, frames of videos one behind the other.
  ///   - isCheckpointed: whether gradients recompute each layer instead of remembering its inside.
  package func callAsFunction(
    _ latents: Tensor, timestep: Float, text: Tensor, residuals: UNetResiduals? = nil, isCheckpointed: Bool = false
  ) -> Tensor {
    switch self {
    case .image(let network):
      network(latents, timesteps: [timestep], text: text, residuals: residuals, isCheckpointed: isCheckpointed)
    case .video(let network):
      network(latents, timesteps: [timestep], text: text, residuals: residuals, isCheckpointed: isCheckpointed)
    case .motion(let network):
      network(latents, timesteps: [timestep], text: text, residuals: residuals, isCheckpointed: isCheckpointed)
    }
  }
}

/// A denoiser's configuration, whichever class it is of.
package enum DenoisingConfiguration: Sendable {
  case image(UNet2DConditionConfiguration)
  case video(UNet3DConditionConfiguration)
  case motion(UNetMotionConfiguration)

  /// Channels of the latents that go in.
  package var inChannels: Int {
    switch self {
    case .image(let configuration): configuration.inChannels
    case .video(let configuration): configuration.inChannels
    case .motion(let configuration): configuration.unet.inChannels
    }
  }

  /// Channels of each block on the way down.
  package var blockOutChannels: [Int] {
    switch self {
    case .image(let configuration): configuration.blockOutChannels
    case .video(let configuration): configuration.blockOutChannels
    case .motion(let configuration): configuration.unet.blockOutChannels
    }
  }

  /// Layers of each block on the way down; one for all, or one each.
  package var layersPerBlock: [Int] {
    switch self {
    case .image(let configuration): configuration.layersPerBlock
    case .video(let configuration): [configuration.layersPerBlock]
    case .motion(let configuration): configuration.unet.layersPerBlock
    }
  }

  /// Width of the text states that it is told.
  package var textWidth: Int {
    switch self {
    case .image(let configuration): configuration.crossAttentionDim
    case .video(let configuration): configuration.crossAttentionDim
    case .motion(let configuration): configuration.unet.crossAttentionDim
    }
  }

  /// Height and width of the latents that it was trained on; diffusers' habit is 64.
  package var sampleSize: Int {
    switch self {
    case .image(let configuration): configuration.sampleSize ?? 64
    case .video(let configuration): configuration.sampleSize ?? 64
    case .motion(let configuration): configuration.unet.sampleSize ?? 64
    }
  }
}
