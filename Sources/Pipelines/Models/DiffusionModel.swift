package import Networks
package import Sampling
package import Weights

/// A model folder in diffusers' layout: Stable Diffusion for pictures, ModelScope and ZeroScope for videos.
///
///     let model = try DiffusionModel(folder: "Models/emoji-video")
///     let result = try model.generate(GenerationRequest(prompt: "a red apple")) { frame in … }
///
/// Opening reads and checks the configurations; weights are read when they are first needed, or all at once by `load()`.
public final class DiffusionModel {
  /// The folder, as it was given.
  public let path: String
  /// Pictures or videos.
  public let kind: ModelKind
  /// What is used where a request does not say.
  public let defaults: ModelDefaults
  /// What the denoiser and the autoencoder compute in; the text encoder always computes in float32.
  public let dtype: ComputeType

  package let folder: DiffusersFolder
  package let denoiserConfiguration: DenoisingConfiguration
  /// The model's own, or that of another which a request asked for.
  package internal(set) var autoencoderConfiguration: AutoencoderConfiguration
  package let textConfiguration: CLIPTextConfiguration
  package let schedulerConfiguration: SchedulerConfiguration

  // Read on first use.
  var loadedDenoiser: DenoisingNetwork?
  var loadedAutoencoder: Autoencoder?
  /// The autoencoder in place of the model's own.
  var otherAutoencoder: FileReference?
  var loadedPromptEncoder: PromptEncoder?
  var foundIdentity: ModelIdentity?

  /// Opens a folder.
  ///
  /// - Parameter dtype: what to compute in; nil is what is fastest on this machine.
  /// - Throws: `ModelError`, or what is wrong with a configuration.
  public init(folder path: String, dtype: ComputeType? = nil) throws {
    let folder = try openModelFolder(path)
    let kind = try ModelKind(of: folder)
    let denoiser = try folder.component("unet").config()
    denoiserConfiguration =
      switch kind {
      case .image: .image(try denoiser.decode())
      case .video: .video(try denoiser.decode())
      }
    autoencoderConfiguration = try folder.component("vae").config().decode()
    textConfiguration = try folder.component("text_encoder").config().decode()
    schedulerConfiguration = try folder.component("scheduler").config().decode()
    var defaults = ModelDefaults(kind, side: denoiserConfiguration.sampleSize * autoencoderConfiguration.factor)
    try defaults.read(folder: path)
    (self.path, self.kind, self.folder, self.defaults) = (path, kind, folder, defaults)
    self.dtype = dtype ?? ComputeType.fastest.type
    try checkThatPartsFit()
  }

  /// Pixels of a picture's edge for one latent.
  public var factor: Int { autoencoderConfiguration.factor }

  /// Whether the denoiser is told what to repaint: it takes latents, a mask, and the latents of what stays.
  public var readsMask: Bool {
    kind == .image && denoiserConfiguration.inChannels == 2 * autoencoderConfiguration.latentChannels + 1
  }

  /// Width of the text states that this model is told.
  public var textWidth: Int { denoiserConfiguration.textWidth }

  func checkThatPartsFit() throws {
    func mismatch(_ one: String, _ other: String) -> ModelError { .mismatch(path: path, one: one, other: other) }
    let (latents, inputs) = (autoencoderConfiguration.latentChannels, denoiserConfiguration.inChannels)
    guard latents == inputs || readsMask else {
      throw mismatch("unet/config.json takes \(inputs) channels", "the latents of vae/config.json have \(latents)")
    }
    let width = textConfiguration.encoder.width
    guard width == textWidth else {
      throw mismatch(
        "unet/config.json is told text states of width \(textWidth)", "those of text_encoder/config.json have \(width)")
    }
    guard autoencoderConfiguration.outChannels == 3 else {
      throw mismatch("pictures have 3 channels", "vae/config.json has \(autoencoderConfiguration.outChannels)")
    }
  }
}

/// Opens a folder with the system's reason where there is none.
///
/// - Throws: `ModelError`, `ModelFolderError`, `ConfigError`.
package func openModelFolder(_ path: String) throws -> DiffusersFolder {
  if try fileKind(path) == .file { throw ModelError.notAFolder(path: path) }
  return try DiffusersFolder(path: path)
}

extension ModelKind {
  /// The kind of a folder's pipeline.
  ///
  /// - Throws: `ModelError.unknownClass`, `ModelFolderError.missingComponent`.
  package init(of folder: DiffusersFolder) throws {
    let pipeline = folder.pipelineClass ?? "pipeline without a _class_name"
    guard let kind = Self.pipelines[pipeline] else {
      throw ModelError.unknownClass(
        path: folder.path, what: "pipeline", found: pipeline, known: Self.pipelines.keys.sorted())
    }
    let expected = [
      "unet": kind.denoiser, "vae": "AutoencoderKL", "text_encoder": "CLIPTextModel", "tokenizer": "CLIPTokenizer",
    ]
    for (part, name) in expected.sorted(by: { $0.key < $1.key }) {
      guard let found = folder.components[part]?.name else {
        _ = try folder.component(part)
        continue
      }
      let isTiny = part == "vae" && found == "AutoencoderTiny"
      guard found == name || found == name + "Fast" || isTiny else {
        throw ModelError.unknownClass(path: folder.path, what: part, found: found, known: [name])
      }
    }
    self = kind
  }
}
