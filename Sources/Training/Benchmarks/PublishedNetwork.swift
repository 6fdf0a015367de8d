import Layers
import Networks
import Tensors

/// Networks that people run, at their full size, and one call of each: what `scripts/compare_networks.py` does elsewhere.
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

  /// The network, ready to be called on random inputs.
  func call(_ weights: WeightScope) throws -> () -> Tensor {
    var random = TorchRandom(seed: 3)
    switch self {
    case .sd15UNet:
      var configuration = UNet2DConditionConfiguration()
      configuration.crossAttentionDim = 768
      let unet = try UNet2DConditionModel(configuration, weights)
      let (latents, text) = (random.normal([2, 64, 64, 4]), random.normal([2, 77, 768]))
      return { unet(latents, timesteps: [501], text: text) }
    case .modelScopeUNet:
      let unet = try UNet3DConditionModel(UNet3DConditionConfiguration(), weights)
      let (latents, text) = (random.normal([2, 16, 32, 32, 4]), random.normal([2, 77, 1024]))
      return { unet(latents, timesteps: [501], text: text) }
    case .vaeDecoder:
      var configuration = AutoencoderKLConfiguration()
      (configuration.blockOutChannels, configuration.layersPerBlock) = ([128, 256, 512, 512], 2)
      let autoencoder = try AutoencoderKL(configuration, weights)
      let latents = random.normal([1, 64, 64, 4])
      return { autoencoder.decode(latents) }
    case .clipLText:
      return try textCall(width: 768, layers: 12, heads: 12, .quickGELU, weights)
    case .vitHText:
      return try textCall(width: 1024, layers: 23, heads: 16, .gelu, weights)
    }
  }

  private func textCall(
    width: Int, layers: Int, heads: Int, _ activation: CLIPEncoderShape.Activation, _ weights: WeightScope
  ) throws -> () -> Tensor {
    var configuration = CLIPTextConfiguration()
    (configuration.encoder.width, configuration.encoder.innerWidth) = (width, 4 * width)
    (configuration.encoder.layers, configuration.encoder.heads) = (layers, heads)
    configuration.encoder.activation = activation
    let model = try CLIPTextModel(configuration, weights)
    let tokens = [[49406] + (0..<75).map { 300 + 17 * $0 } + [49407]]
    return { model(tokens).lastHiddenState }
  }
}
