package import NegativeSpaceConfiguration
package import NegativeSpaceNetworks
import NegativeSpaceWeights

extension ModelSource {
  /// The configuration of the denoiser, whose class the model's index names.
  ///
  /// - Parameter motion: AnimateDiff's layers, which make a denoiser of videos from one of pictures.
  /// - Throws: `ModelError.unknownClass`, errors in a configuration.
  func denoiserConfiguration(_ motion: MotionAdapterFiles?) throws -> any DenoiserConfiguration {
    let name = components["unet"]?.name ?? ""
    let part = try component("unet")
    return try part.config().denoiser(named: name, motion, of: path)
  }

  /// The class that a folder's index names for a part: as in diffusers it holds, whatever class wrote the part's configuration.
  ///
  /// nil where nothing but the configuration names one.
  private func indexedClass(_ part: String) -> String? { (self as? DiffusersFolder)?.components[part]?.name }

  /// The configuration of the model's own latent codec, of the class that the index names.
  ///
  /// - Throws: `ConfigurationError`, what is wrong with the configuration.
  func latentCodecConfiguration() throws -> any LatentCodecConfiguration {
    try component("vae").config().latentCodec(named: indexedClass("vae"))
  }

  /// The file with the scheduler's configuration, of the class that the index names.
  ///
  /// - Throws: `ModelFolderError`, `ConfigurationError`.
  func schedulerFile() throws -> ConfigFile {
    let config = try component("scheduler").config()
    guard let name = indexedClass("scheduler") else { return config }
    return ConfigFile(file: config.file, fields: config.fields.merging(["_class_name": .string(name)]) { $1 })
  }
}

extension ConfigFile {
  /// The configuration of a denoiser.
  ///
  /// - Parameters:
  ///   - className: the class in diffusers.
  ///   - path: the model's, for messages.
  /// - Throws: `ModelError.unknownClass`, errors in the configuration, and where an adapter does not fit.
  func denoiser(
    named className: String, _ motion: MotionAdapterFiles?, of path: String
  ) throws -> any DenoiserConfiguration {
    if let motion {
      guard className == UNet2DConditionConfiguration.className else {
        throw unknown("denoiser", className, [UNet2DConditionConfiguration.className])
      }
      return try motion.configuration(for: decode(), of: path)
    }
    guard let type = DenoiserRegistry.named(className) else {
      throw unknown("denoiser", className, DenoiserRegistry.all.map { $0.className })
    }
    return try decoded(as: type)
  }

  /// The configuration of a latent codec.
  ///
  /// - Parameter name: the class in diffusers; nil is what the file says, and `AutoencoderKL` where it does not.
  /// - Throws: `ConfigurationError`, errors in the configuration.
  package func latentCodec(named name: String? = nil) throws -> any LatentCodecConfiguration {
    let className = try name ?? string("_class_name", default: AutoencoderKLConfiguration.className)
    guard let type = LatentCodecRegistry.named(className) else {
      throw ConfigurationError.wrongValue(
        file: file, owner: "the autoencoder", key: "_class_name", found: className,
        expected: LatentCodecRegistry.all.map { $0.className }.joined(separator: " or "))
    }
    return try decoded(as: type)
  }

  private func unknown(_ what: String, _ found: String, _ known: [String]) -> ModelError {
    .unknownClass(path: file, what: what, found: found, known: known)
  }

  private func decoded(as type: any (DenoiserConfiguration & ReadableConfiguration).Type) throws
    -> any DenoiserConfiguration
  {
    func decoded<C: DenoiserConfiguration & ReadableConfiguration>(_ type: C.Type) throws -> C { try decode() }
    return try decoded(type)
  }

  private func decoded(as type: any (LatentCodecConfiguration & ReadableConfiguration).Type) throws
    -> any LatentCodecConfiguration
  {
    func decoded<C: LatentCodecConfiguration & ReadableConfiguration>(_ type: C.Type) throws -> C { try decode() }
    return try decoded(type)
  }
}
