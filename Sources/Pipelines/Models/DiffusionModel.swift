import NegativeSpaceConfiguration
import NegativeSpaceNetworks
import NegativeSpaceSampling
package import NegativeSpaceWeights
import Synchronization

/// A model: Stable Diffusion for pictures, and with AnimateDiff for videos; ModelScope, ZeroScope and VideoCrafter for
/// videos.
///
/// It lies in a folder in diffusers' layout or in ModelScope's, or in one file.
///
///     let model = try DiffusionModel(path: "Models/emoji-video")
///     let result = try model.generate(GenerationRequest(prompt: "a red apple")) { frame in … }
///
/// Opening reads and checks the configurations; weights are read when they are first needed, or all at once by
/// `load()`. Several tasks may use one model: each generation keeps the parts it began with.
public final class DiffusionModel: Sendable {
  package let files: ModelFiles
  /// The parts that are loaded.
  package let parts: ModelParts
  private let foundIdentity = Mutex<ModelIdentity?>(nil)

  /// Opens a folder.
  ///
  /// - Parameter dtype: type to compute in; nil is the fastest on this machine.
  /// - Throws: `ModelError`, or errors in a configuration.
  public convenience init(folder path: String, dtype: ComputeType? = nil) throws {
    try self.init(source: openModelFolder(path), options: ModelOptions(), dtype: dtype)
  }

  /// Opens a folder, or a single file with all parts of a model.
  ///
  /// - Parameters:
  ///   - options: for a single file, what it does not say; for a folder, which copy of its weights.
  ///   - dtype: type to compute in; nil is the fastest on this machine.
  /// - Throws: `ModelError`, `CheckpointError`, or errors in a configuration.
  public convenience init(path: String, options: ModelOptions = ModelOptions(), dtype: ComputeType? = nil) throws {
    try self.init(source: openModel(path, options), options: options, dtype: dtype)
  }

  /// - Throws: `ModelError`, `CheckpointError`, or errors in a configuration.
  package init(source: any ModelSource, options: ModelOptions, dtype: ComputeType?) throws {
    let (files, tested) = try ModelFiles.open(source, options: options, dtype: dtype)
    self.files = files
    parts = ModelParts(denoiser: tested)
  }

  /// The folder or file, as it was given.
  public var path: String { files.path }
  /// Options it was opened with, beside its path.
  public var options: ModelOptions { files.options }
  /// Pictures or videos.
  public var kind: ModelKind { files.kind }
  /// Settings used where a request does not say.
  public var defaults: ModelDefaults { files.defaults }
  /// Type that the denoiser and the autoencoder compute in; the text encoder always computes in float32.
  public var dtype: ComputeType { files.dtype }
  /// Notes on contents of the model's files that are not used, a sentence each.
  public var notes: [String] { files.notes }
  /// Pixels of a picture's edge for one latent of the model's own autoencoder.
  ///
  /// - Throws: what is wrong with its configuration, or that it is not there.
  public var factor: Int { get throws { try files.autoencoder.get().factor } }
  /// Whether the model says which words it knows, as the shipped family does.
  package var declaresWords: Bool { (try? ModelVocabulary(folder: files.path)) != nil }
  /// Width of the text states that this model is told.
  public var textWidth: Int { files.denoiser.textWidth }

  /// The model's identity: its name and a hash.
  ///
  /// - Throws: `ModelError`.
  public func identity() throws -> ModelIdentity {
    try foundIdentity.withLock { found in
      if let found { return found }
      let identity = try ModelIdentity(files)
      found = identity
      return identity
    }
  }

  /// Reads the weights of all parts now, so that errors in them show before the work begins.
  ///
  /// - Parameters:
  ///   - request: one whose parts are loaded; by default the model's own.
  ///   - isCancelled: asked between the parts.
  /// - Throws: errors in a part, `GenerationError.cancelled`.
  public func load(
    for request: GenerationRequest = GenerationRequest(), isCancelled: () -> Bool = { false }
  ) throws {
    func check() throws {
      if isCancelled() { throw GenerationError.cancelled(phase: "loading \(path)", latents: nil) }
    }
    let model = try requested(request)
    try check()
    _ = try parts.promptEncoder(model)
    try check()
    _ = try parts.tunedEncoders(model)
    try check()
    _ = try parts.denoiser(model)
    try check()
    _ = try parts.negativeDenoiser(model)
    try check()
    _ = try parts.autoencoder(model)
    try check()
  }

  /// The model as a request wants it.
  ///
  /// - Throws: errors in the files that the request names.
  package func requested(_ request: GenerationRequest = GenerationRequest()) throws -> RequestedModel {
    try parts.requested(
      files, vae: request.vae, loras: request.loras, negativeLoras: request.negativeLoras,
      textEncoders: request.textEncoders, negativeModel: request.negativeModel)
  }

  /// Lets go of all weights; they are read again when they are needed.
  package func unload() { parts.release() }
}
