import Foundation
import NegativeSpaceKernels
import NegativeSpaceNetworks
import NegativeSpaceText
import NegativeSpaceWeights

extension DiffusionModel {
  /// Reads the weights of all parts now, so that what is wrong with them shows before the work begins.
  ///
  /// - Parameter isCancelled: asked between the parts.
  /// - Throws: what is wrong with a part, `GenerationError.cancelled`.
  public func load(isCancelled: () -> Bool = { false }) throws {
    func check() throws {
      if isCancelled() { throw GenerationError.cancelled(phase: "loading \(path)", latents: nil) }
    }
    try check()
    _ = try promptEncoder()
    try check()
    _ = try denoiser()
    try check()
    _ = try autoencoder()
    try check()
  }

  package func denoiser() throws -> DenoisingNetwork {
    if let loadedDenoiser { return loadedDenoiser }
    let weights = try weights("unet", of: .denoiser, dtype: dtype.dataType)
    let network: DenoisingNetwork =
      switch denoiserConfiguration {
      case .image(let configuration): .image(try weights.build { try UNet2DConditionModel(configuration, $0) })
      case .video(let configuration): .video(try weights.build { try UNet3DConditionModel(configuration, $0) })
      case .motion(let configuration): .motion(try weights.build { try UNetMotionModel(configuration, $0) })
      case .lvdm(let configuration): .lvdm(try weights.build { try LVDMUNetModel(configuration, $0) })
      }
    loadedDenoiser = network
    return network
  }

  package func autoencoder() throws -> Autoencoder {
    if let loadedAutoencoder { return loadedAutoencoder }
    let network: Autoencoder =
      if let other = otherAutoencoder {
        try AutoencoderFiles(path: other.path).load(dtype: dtype)
      } else {
        switch autoencoderConfiguration {
        case .kl(let configuration): .kl(try weights("vae").build { try AutoencoderKL(configuration, $0) })
        case .tiny(let configuration): .tiny(try weights("vae").build { try AutoencoderTiny(configuration, $0) })
        }
      }
    loadedAutoencoder = network
    return network
  }

  /// Takes the autoencoder that a request names, or the model's own where it names none.
  ///
  /// - Throws: what is wrong with its files; the one before is then kept.
  func useAutoencoder(_ file: FileReference?) throws {
    guard file?.path != otherAutoencoder?.path else { return }
    let before = autoencoderConfiguration
    autoencoderConfiguration =
      try file.map { try AutoencoderFiles(path: $0.path).configuration } ?? source.component("vae").config().decode()
    do { try checkThatPartsFit() } catch {
      autoencoderConfiguration = before
      throw error
    }
    (loadedAutoencoder, otherAutoencoder) = (nil, file)
  }

  package func promptEncoder() throws -> PromptEncoder {
    if let loadedPromptEncoder { return loadedPromptEncoder }
    let encoder = try PromptEncoder(
      tokenizer: tokenizer(), configuration: textConfiguration,
      weights: weights("text_encoder", of: .textEncoder, dtype: .float32), of: path)
    loadedPromptEncoder = encoder
    return encoder
  }

  private func tokenizer() throws -> CLIPTokenizer {
    let folder = try options.tokenizer ?? source.tokenizerFolder()
    var tokenizer = try CLIPTokenizer(folder: URL(fileURLWithPath: folder))
    // A single file's tokenizer is anybody's; how its prompts were filled up is known from its text encoder.
    if let padding = source.tokenPadding { tokenizer.padding = padding }
    return tokenizer
  }

  private func weights(_ part: String) throws -> FileWeights {
    try source.component(part).weights(dtype: dtype.dataType, checkFinite: true)
  }

  /// The same of a network that LoRAs may add to.
  private func weights(_ part: String, of network: LoRANetwork, dtype: DataType) throws -> FileWeights {
    func merged(_ readers: [any TensorReader], _ network: LoRANetwork) -> [any TensorReader] {
      loras?.merge.merged(readers, of: network) ?? readers
    }
    var readers = merged(try source.component(part).readers(), network)
    if network == .denoiser, let motion { readers += merged(try motion.part.readers(), .motion) }
    return try FileWeights(readers, dtype: dtype, checkFinite: true)
  }
}
