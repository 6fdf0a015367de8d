import NegativeSpaceConfiguration
package import NegativeSpaceNetworks
package import NegativeSpaceSampling
package import NegativeSpaceWeights

/// A model's files as they were asked for, with their configurations read and checked; they never change.
package struct ModelFiles: Sendable {
  package let source: any ModelSource
  package let options: ModelOptions
  /// Pictures or videos.
  package let kind: ModelKind
  /// Type that the denoiser and the autoencoder compute in; the text encoder always computes in float32.
  package let dtype: ComputeType
  package let denoiser: any DenoiserConfiguration
  /// What came of reading it: an error only for a request that puts none in its place.
  package let autoencoder: Result<any LatentCodecConfiguration, any Error>
  package let text: CLIPTextConfiguration
  /// What came of reading it: an error only for a request that puts none in its place.
  package let scheduler: Result<SchedulerConfiguration, any Error>
  /// The layers along time that make a model of pictures one of videos.
  let motion: MotionAdapterFiles?
  /// Settings used where a request does not say.
  package let defaults: ModelDefaults

  /// The folder or file, as it was given.
  package var path: String { source.path }

  /// Whether its own scheduler is VideoCrafter's DDIM.
  package var isLVDM: Bool { (try? scheduler.get())?.isLVDM == true }

  /// Opens a model, and what was loaded of it on the way.
  ///
  /// - Parameter dtype: type to compute in; nil is the fastest on this machine.
  /// - Returns: the files, and the denoiser where it had to be run to learn what it predicts.
  /// - Throws: `ModelError`, `CheckpointError`, or errors in a configuration.
  static func open(
    _ source: any ModelSource, options: ModelOptions, dtype: ComputeType?
  ) throws -> (files: ModelFiles, tested: (any Denoiser)?) {
    let base = try ModelKind(of: source)
    let motion = try options.motionAdapter.map { try MotionAdapterFiles(path: $0, for: source, base) }
    let dtype = dtype ?? ComputeType.fastest.type
    let (source, tested) = try decidePrediction(of: source, dtype: dtype)
    let files = try ModelFiles(source, options, motion == nil ? base : .video, dtype, motion)
    // With an adapter, it is another network.
    return (files, motion == nil ? tested : nil)
  }

  private init(
    _ source: any ModelSource, _ options: ModelOptions, _ kind: ModelKind, _ dtype: ComputeType,
    _ motion: MotionAdapterFiles?
  ) throws {
    (self.source, self.options, self.kind, self.dtype, self.motion) = (source, options, kind, dtype, motion)
    denoiser = try source.denoiserConfiguration(motion)
    autoencoder = Result { try source.latentCodecConfiguration() }
    text = try source.component("text_encoder").config().decode()
    scheduler = Result {
      let own = try source.schedulerFile()
      return try (motion?.scheduler(instead: own) ?? own).decode()
    }
    defaults = try Self.defaults(
      denoiser, try? scheduler.get(), factor: (try? autoencoder.get())?.factor, motion, folder: source.path)
    guard text.encoder.width == denoiser.textWidth else {
      throw ModelError.mismatch(
        path: path, one: "unet/config.json is told text states of width \(denoiser.textWidth)",
        other: "those of text_encoder/config.json have \(text.encoder.width)")
    }
  }

  /// Settings used where a request does not say, with an autoencoder of this factor.
  ///
  /// - Throws: `ConfigurationError`.
  func defaults(factor: Int) throws -> ModelDefaults {
    try Self.defaults(denoiser, try? scheduler.get(), factor: factor, motion, folder: source.path)
  }

  private static func defaults(
    _ denoiser: any DenoiserConfiguration, _ scheduler: SchedulerConfiguration?, factor: Int?,
    _ motion: MotionAdapterFiles?, folder: String
  ) throws -> ModelDefaults {
    var defaults = ModelDefaults(denoiser, scheduler, factor: factor)
    try defaults.read(folder: folder)
    // The folder's are those of pictures.
    if motion != nil { defaults.frames = denoiser.habits.frames }
    return defaults
  }

  /// Notes on contents of the model's files that are not used, a sentence each.
  var notes: [String] { source.notes + (motion?.notes ?? []) }

  /// Refuses an autoencoder that does not belong to the denoiser.
  ///
  /// - Parameter autoencoder: the model's own, or another in its place.
  /// - Throws: `ModelError.mismatch`.
  func checkThatDenoiserFits(_ autoencoder: any LatentCodecConfiguration) throws {
    func mismatch(_ one: String, _ other: String) -> ModelError { .mismatch(path: path, one: one, other: other) }
    let (latents, inputs) = (autoencoder.latentChannels, denoiser.inChannels)
    guard latents == inputs || readsMask(with: autoencoder) else {
      throw mismatch("unet/config.json takes \(inputs) channels", "the latents of vae/config.json have \(latents)")
    }
    guard autoencoder.outChannels == 3 else {
      throw mismatch("pictures have 3 channels", "vae/config.json has \(autoencoder.outChannels)")
    }
  }

  /// Whether the denoiser is for inpainting: it takes latents, a mask, and the latents of what stays.
  func readsMask(with autoencoder: any LatentCodecConfiguration) -> Bool {
    kind == .image && denoiser.inChannels == 2 * autoencoder.latentChannels + 1
  }
}
