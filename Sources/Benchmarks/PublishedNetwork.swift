import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors

/// Networks that people run, at their full size, and one call of each; `scripts/compare_networks.py` makes the same
/// elsewhere.
package enum PublishedNetwork: String, CaseIterable, Sendable {
  /// Stable Diffusion 1.5's denoiser on two latents of 512 × 512 pixels.
  case sd15UNet = "sd15-unet"
  /// ModelScope's denoiser (and ZeroScope's) on two clips of 16 frames of 256 × 256 pixels.
  case modelScopeUNet = "modelscope-unet"
  /// Stable Diffusion's decoder to one picture of 512 × 512 pixels.
  case vaeDecoder = "vae-decoder"
  /// The text encoder of Stable Diffusion 1, one prompt.
  case clipLText = "clip-l-text"
  /// That of Stable Diffusion 2, ModelScope and ZeroScope, one prompt.
  case vitHText = "vit-h-text"

  /// Size of a denoiser's inputs, where it is not as above.
  package struct Size: Sendable {
    /// Of a clip.
    package var frames: Int?
    /// Of the latents' height and width.
    package var edge: Int?

    package init(frames: Int? = nil, edge: Int? = nil) { (self.frames, self.edge) = (frames, edge) }
  }

  /// The network, ready to be called on random inputs.
  func call(_ weights: WeightScope, _ size: Size) throws -> () -> Tensor {
    var random = TorchRandom(seed: 3)
    switch self {
    case .sd15UNet:
      let unet = try UNet2DConditionModel(Self.sd15UNetConfiguration, weights)
      let (latents, text) = (random.normal([2, size.edge ?? 64, size.edge ?? 64, 4]), random.normal([2, 77, 768]))
      return { unet(latents, timesteps: [501], text: text) }
    case .modelScopeUNet:
      let unet = try UNet3DConditionModel(UNet3DConditionConfiguration(), weights)
      let latents = random.normal([2, size.frames ?? 16, size.edge ?? 32, size.edge ?? 32, 4])
      let text = random.normal([2, 77, 1024])
      return { unet(latents, timesteps: [501], text: text) }
    case .vaeDecoder:
      let autoencoder = try AutoencoderKL(Self.autoencoderConfiguration, weights)
      let latents = random.normal([1, 64, 64, 4])
      return { autoencoder.decode(latents) }
    case .clipLText:
      return try textCall(Self.clipLTextConfiguration, weights)
    case .vitHText:
      return try textCall(Self.textConfiguration(width: 1024, layers: 23, heads: 16, .gelu), weights)
    }
  }

  private func textCall(_ configuration: CLIPTextConfiguration, _ weights: WeightScope) throws -> () -> Tensor {
    let model = try CLIPTextModel(configuration, weights)
    let tokens = [[49406] + (0..<75).map { 300 + 17 * $0 } + [49407]]
    return { model(tokens).states }
  }

  // MARK: Configurations

  static var sd15UNetConfiguration: UNet2DConditionConfiguration {
    var configuration = UNet2DConditionConfiguration()
    configuration.crossAttentionDim = 768
    return configuration
  }

  static var autoencoderConfiguration: AutoencoderKLConfiguration {
    var configuration = AutoencoderKLConfiguration()
    (configuration.blockOutChannels, configuration.layersPerBlock) = ([128, 256, 512, 512], 2)
    return configuration
  }

  static var clipLTextConfiguration: CLIPTextConfiguration {
    textConfiguration(width: 768, layers: 12, heads: 12, .quickGELU)
  }

  private static func textConfiguration(
    width: Int, layers: Int, heads: Int, _ activation: CLIPEncoderShape.Activation
  ) -> CLIPTextConfiguration {
    var configuration = CLIPTextConfiguration()
    (configuration.encoder.width, configuration.encoder.innerWidth) = (width, 4 * width)
    (configuration.encoder.layers, configuration.encoder.heads) = (layers, heads)
    configuration.encoder.activation = activation
    return configuration
  }

  /// The eye of OpenCLIP's ViT-H, which PickScore and HPS look with.
  static var vitHVisionConfiguration: CLIPVisionConfiguration {
    var configuration = CLIPVisionConfiguration()
    (configuration.encoder.width, configuration.encoder.innerWidth) = (1280, 5120)
    (configuration.encoder.layers, configuration.encoder.heads) = (32, 16)
    configuration.encoder.activation = .gelu
    (configuration.patchSize, configuration.projectionDim) = (14, 1024)
    return configuration
  }
}
