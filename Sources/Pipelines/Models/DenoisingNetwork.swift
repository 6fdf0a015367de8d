package import NegativeSpaceNetworks
package import NegativeSpaceTensors
import NegativeSpaceWeights

/// The only thing that differs between pictures and videos: the network that predicts the noise.
package enum DenoisingNetwork: Sendable {
  /// Latents (B, H, W, C).
  case image(UNet2DConditionModel)
  /// Latents (B, F, H, W, C).
  case video(UNet3DConditionModel)
  /// Latents (B, F, H, W, C).
  case motion(UNetMotionModel)
  /// Latents (B, F, H, W, C); told frames a second.
  case lvdm(LVDMUNetModel)

  /// What the network predicts for every sample of a batch, at one timestep, told `text` (B, S, D).
  ///
  /// - Parameters:
  ///   - fps: frames a second, for a network that is told them; nil is VideoCrafter2's 28.
  ///   - residuals: what ControlNets add, frames of videos one behind the other.
  ///   - features: of an earlier step, to be used in place of the inner blocks.
  ///   - isCheckpointed: whether gradients recompute each layer instead of remembering its inside.
  package func callAsFunction(
    _ latents: Tensor, timestep: Float, text: Tensor, fps: Float? = nil, residuals: UNetResiduals? = nil,
    reusing features: InnerFeatures? = nil, isCheckpointed: Bool = false
  ) -> Tensor {
    switch self {
    case .image(let network):
      network(
        latents, timesteps: [timestep], text: text, residuals: residuals, reusing: features,
        isCheckpointed: isCheckpointed)
    case .video(let network):
      network(
        latents, timesteps: [timestep], text: text, residuals: residuals, reusing: features,
        isCheckpointed: isCheckpointed)
    case .motion(let network):
      network(
        latents, timesteps: [timestep], text: text, residuals: residuals, reusing: features,
        isCheckpointed: isCheckpointed)
    case .lvdm(let network):
      network(
        latents, timesteps: [timestep], text: text, fps: [fps ?? DenoisingConfiguration.usualFPS],
        residuals: residuals, reusing: features, isCheckpointed: isCheckpointed)
    }
  }
}

/// A denoiser's configuration, whichever class it is of.
package enum DenoisingConfiguration: Sendable {
  case image(UNet2DConditionConfiguration)
  case video(UNet3DConditionConfiguration)
  case motion(UNetMotionConfiguration)
  case lvdm(LVDMUNetConfiguration)

  /// What VideoCrafter2's own program tells its network.
  package static let usualFPS: Float = 28

  /// Whether the network is told frames a second.
  package var readsFPS: Bool {
    if case .lvdm(let configuration) = self { configuration.fpsCond } else { false }
  }

  /// Channels of the latents that go in.
  package var inChannels: Int {
    switch self {
    case .image(let configuration): configuration.inChannels
    case .video(let configuration): configuration.inChannels
    case .motion(let configuration): configuration.unet.inChannels
    case .lvdm(let configuration): configuration.inChannels
    }
  }

  /// Channels of each block on the way down.
  package var blockOutChannels: [Int] {
    switch self {
    case .image(let configuration): configuration.blockOutChannels
    case .video(let configuration): configuration.blockOutChannels
    case .motion(let configuration): configuration.unet.blockOutChannels
    case .lvdm(let configuration): configuration.blockOutChannels
    }
  }

  /// Layers of each block on the way down; one for all, or one each.
  package var layersPerBlock: [Int] {
    switch self {
    case .image(let configuration): configuration.layersPerBlock
    case .video(let configuration): [configuration.layersPerBlock]
    case .motion(let configuration): configuration.unet.layersPerBlock
    case .lvdm(let configuration): [configuration.numResBlocks]
    }
  }

  /// Width of the text states that it is told.
  package var textWidth: Int {
    switch self {
    case .image(let configuration): configuration.crossAttentionDim
    case .video(let configuration): configuration.crossAttentionDim
    case .motion(let configuration): configuration.unet.crossAttentionDim
    case .lvdm(let configuration): configuration.contextDim
    }
  }

  /// Height and width of the latents that it was trained on; diffusers' habit is 64.
  package var sampleSize: (height: Int, width: Int) {
    switch self {
    case .image(let configuration): (configuration.sampleSize ?? 64, configuration.sampleSize ?? 64)
    case .video(let configuration): (configuration.sampleSize ?? 64, configuration.sampleSize ?? 64)
    case .motion(let configuration): (configuration.unet.sampleSize ?? 64, configuration.unet.sampleSize ?? 64)
    case .lvdm(let configuration): configuration.extent
    }
  }
}

extension DenoisingConfiguration {
  /// Reads the configuration of a model's denoiser, whose class its index names.
  ///
  /// - Parameter motion: AnimateDiff's layers, which make a denoiser of videos from one of pictures.
  /// - Throws: `ModelFolderError`, `ConfigError`, `ConfigurationError`, what is wrong with the adapter.
  init(of source: some ModelSource, _ kind: ModelKind, motion: MotionAdapterFiles?) throws {
    let config = try source.component("unet").config()
    self =
      switch (kind, source.components["unet"]?.name, motion) {
      case (_, _, let motion?): .motion(try motion.configuration(for: config.decode(), of: source.path))
      case (.image, _, nil): .image(try config.decode())
      case (.video, "LVDMUNetModel", nil): .lvdm(try config.decode())
      case (.video, _, nil): .video(try config.decode())
      }
  }
}
