import NegativeSpaceConfiguration
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceWeights

/// The networks that are known here, by their classes in diffusers and transformers.
enum KnownNetwork: RawRepresentable, Equatable {
  /// One of the table of denoisers, by its class.
  case denoiser(String)
  /// One of the table of latent codecs, by its class.
  case autoencoder(String)
  case controlNet
  case motionAdapter
  case textEncoder

  init?(rawValue name: String) {
    switch name {
    case "ControlNetModel": self = .controlNet
    case "MotionAdapter": self = .motionAdapter
    case "CLIPTextModel": self = .textEncoder
    case _ where DenoiserRegistry.named(name) != nil: self = .denoiser(name)
    case _ where LatentCodecRegistry.named(name) != nil: self = .autoencoder(name)
    default: return nil
    }
  }

  var rawValue: String {
    switch self {
    case .denoiser(let name), .autoencoder(let name): name
    case .controlNet: "ControlNetModel"
    case .motionAdapter: "MotionAdapter"
    case .textEncoder: "CLIPTextModel"
    }
  }

  /// Its name in a model's folder.
  var folder: String {
    switch self {
    case .denoiser: "unet"
    case .autoencoder: "vae"
    case .controlNet: "controlnet"
    case .motionAdapter: "motion_adapter"
    case .textEncoder: "text_encoder"
    }
  }

  /// The stem of its weights' file names.
  var stem: String { self == .textEncoder ? "model" : "diffusion_pytorch_model" }

  /// The network of a folder with a `config.json`; nil for a whole model, anything else, and what is not known here.
  ///
  /// - Throws: `ConfigurationError`.
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
  /// - Throws: `WeightMismatch`, or errors in the configuration.
  func weights(of part: some ModelPart) throws -> FileWeights {
    let config = try part.config()
    let weights = try FileWeights(
      part.readers(), recipe: self == .textEncoder ? .textEncoder : .diffusers, delivery: .shapes)
    try weights.build { scope in
      switch self {
      case .denoiser(let name): _ = try config.denoiser(named: name, nil, of: part.path).network(scope)
      case .autoencoder(let name): _ = try config.latentCodec(named: name).codec(scope)
      case .motionAdapter: _ = try MotionAdapter(config.decode(), scope)
      case .controlNet: _ = try ControlNetModel(config.decode(), scope)
      case .textEncoder: _ = try CLIPTextModel(config.decode(), scope)
      }
    }
    return weights
  }
}
