import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceWeights

/// The networks that are known here, by their classes in diffusers and transformers.
enum KnownNetwork: String {
  case unet2D = "UNet2DConditionModel"
  case unet3D = "UNet3DConditionModel"
  case lvdm = "LVDMUNetModel"
  case controlNet = "ControlNetModel"
  case motionAdapter = "MotionAdapter"
  case autoencoder = "AutoencoderKL"
  case tinyAutoencoder = "AutoencoderTiny"
  case textEncoder = "CLIPTextModel"

  /// The stem of its weights' file names.
  var stem: String { self == .textEncoder ? "model" : "diffusion_pytorch_model" }

  /// The network of a folder with a `config.json`; nil for a whole model, anything else, and what is not known here.
  ///
  /// - Throws: `ConfigError`.
  init?(ofFolder path: String) throws {
    guard fileKind("\(path)/model_index.json") == nil, fileKind("\(path)/config.json") == .file else { return nil }
    let config = try ConfigFile(path: "\(path)/config.json")
    // diffusers' field, or transformers'.
    let names = [try config.string("_class_name", default: "")] + (try config.strings("architectures", default: []))
    guard let name = names.first(where: { !$0.isEmpty }) else { return nil }
    self.init(rawValue: name)
  }

  /// Builds it from `part` with no more than the shapes of the weights, and says where each is.
  ///
  /// - Throws: `WeightMismatch`, or what is wrong with the configuration.
  func weights(of part: some ModelPart) throws -> FileWeights {
    let config = try part.config()
    let weights = try FileWeights(part.readers(), delivery: .shapes)
    try weights.build { scope in
      switch self {
      case .unet2D: _ = try UNet2DConditionModel(config.decode(), scope)
      case .unet3D: _ = try UNet3DConditionModel(config.decode(), scope)
      case .motionAdapter: _ = try MotionAdapter(config.decode(), scope)
      case .lvdm: _ = try LVDMUNetModel(config.decode(), scope)
      case .controlNet: _ = try ControlNetModel(config.decode(), scope)
      case .autoencoder: _ = try AutoencoderKL(config.decode(), scope)
      case .tinyAutoencoder: _ = try AutoencoderTiny(config.decode(), scope)
      case .textEncoder: _ = try CLIPTextModel(config.decode(), scope)
      }
    }
    return weights
  }
}
