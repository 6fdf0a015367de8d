package import NegativeSpaceNetworks
package import NegativeSpaceSampling
package import NegativeSpaceWeights

/// A model: Stable Diffusion for pictures, and with AnimateDiff for videos; ModelScope, ZeroScope and VideoCrafter for videos.
///
/// It lies in a folder in diffusers' layout or in ModelScope's, or in one file.
///
///     let model = try DiffusionModel(path: "Models/emoji-video")
///     let result = try model.generate(GenerationRequest(prompt: "a red apple")) { frame in … }
///
/// Opening reads and checks the configurations; weights are read when they are first needed, or all at once by `load()`.
public final class DiffusionModel {
  /// The folder or file, as it was given.
  public let path: String
  /// What was said about it beside its path.
  public let options: ModelOptions
  /// Pictures or videos.
  public let kind: ModelKind
  /// What is used where a request does not say.
  public let defaults: ModelDefaults
  /// What the denoiser and the autoencoder compute in; the text encoder always computes in float32.
  public let dtype: ComputeType

  package let source: any ModelSource
  package let denoiserConfiguration: DenoisingConfiguration
  /// The model's own, or that of another which a request asked for.
  package internal(set) var autoencoderConfiguration: AutoencoderConfiguration
  package let textConfiguration: CLIPTextConfiguration
  package let schedulerConfiguration: SchedulerConfiguration
  /// The layers along time that make a model of pictures one of videos.
  let motion: MotionAdapterFiles?

  // Read on first use.
  var loadedDenoiser: DenoisingNetwork?
  var loadedAutoencoder: Autoencoder?
  /// The autoencoder in place of the model's own.
  var otherAutoencoder: FileReference?
  var loadedPromptEncoder: PromptEncoder?
  /// The LoRAs in use with their hashes, and what they add to which weights.
  var loras: (files: [FileReference], merge: LoRAMerge)?
  /// By their paths.
  var loadedControlNets: [String: ControlNetModel] = [:]
  var foundIdentity: ModelIdentity?

  /// Opens a folder.
  ///
  /// - Parameter dtype: what to compute in; nil is what is fastest on this machine.
  /// - Throws: `ModelError`, or what is wrong with a configuration.
  public convenience init(folder path: String, dtype: ComputeType? = nil) throws {
    try self.init(source: openModelFolder(path), options: ModelOptions(), dtype: dtype)
  }

  /// Opens a folder, or a single file with all parts of a model.
  ///
  /// - Parameters:
  ///   - options: what a single file does not say; which copy of a folder's weights.
  ///   - dtype: what to compute in; nil is what is fastest on this machine.
  /// - Throws: `ModelError`, `CheckpointError`, or what is wrong with a configuration.
  public convenience init(path: String, options: ModelOptions = ModelOptions(), dtype: ComputeType? = nil) throws {
    try self.init(source: openModel(path, options), options: options, dtype: dtype)
  }

  /// - Throws: `ModelError`, `CheckpointError`, or what is wrong with a configuration.
  package init(source: any ModelSource, options: ModelOptions, dtype: ComputeType?) throws {
    let base = try ModelKind(of: source)
    let motion = try options.motionAdapter.map { try MotionAdapterFiles(path: $0, for: source, base) }
    let kind = motion == nil ? base : .video
    let dtype = dtype ?? ComputeType.fastest.type
    let (source, tested) = try decidePrediction(of: source, dtype: dtype)
    loadedDenoiser = motion == nil ? tested.map { .image($0) } : nil
    denoiserConfiguration = try DenoisingConfiguration(of: source, kind, motion: motion)
    autoencoderConfiguration = try source.component("vae").config().decode()
    textConfiguration = try source.component("text_encoder").config().decode()
    let scheduler = try source.component("scheduler").config()
    schedulerConfiguration = try (motion?.scheduler(instead: scheduler) ?? scheduler).decode()
    var defaults = ModelDefaults(
      kind, denoiserConfiguration, schedulerConfiguration, factor: autoencoderConfiguration.factor)
    try defaults.read(folder: source.path)
    // The folder's are those of pictures.
    if let motion { defaults.frames = min(16, motion.configuration.maxSeqLength) }
    (path, self.kind, self.source, self.defaults) = (source.path, kind, source, defaults)
    (self.options, self.dtype, self.motion) = (options, dtype, motion)
    try checkThatPartsFit()
  }

  /// What was found in the model's files and is not used, a sentence each.
  public var notes: [String] { source.notes + (motion?.notes ?? []) }

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
package func openModelFolder(_ path: String, variant: String? = nil) throws -> DiffusersFolder {
  if try existingKind(path) == .file { throw ModelError.notAFolder(path: path) }
  return try DiffusersFolder(path: path, variant: variant)
}

extension ModelKind {
  /// The kind of a model's pipeline.
  ///
  /// - Throws: `ModelError.unknownClass`, `ModelFolderError.missingComponent`.
  package init(of source: any ModelSource) throws {
    let pipeline = source.pipelineClass ?? "pipeline without a _class_name"
    guard let kind = Self.pipelines[pipeline] else {
      throw ModelError.unknownClass(
        path: source.path, what: "pipeline", found: pipeline, known: Self.pipelines.keys.sorted())
    }
    let expected = [
      "unet": kind.denoisers, "vae": ["AutoencoderKL", "AutoencoderTiny"],
      "text_encoder": ["CLIPTextModel"],
      "tokenizer": ["CLIPTokenizer", "CLIPTokenizerFast"],
    ]
    for (part, names) in expected.sorted(by: { $0.key < $1.key }) {
      guard let found = source.components[part]?.name else {
        _ = try source.component(part)
        continue
      }
      guard names.contains(found) else {
        throw ModelError.unknownClass(path: source.path, what: part, found: found, known: names)
      }
    }
    self = kind
  }
}
