import Foundation
import NegativeSpaceConfiguration
package import NegativeSpaceNetworks
package import NegativeSpaceWeights

/// AnimateDiff's motion modules: a diffusers folder (`MotionAdapter`), or one file with diffusers' or its authors'
/// names.
package struct MotionAdapterFiles: Sendable {
  package let path: String
  package let configuration: MotionAdapterConfiguration
  package let part: any ModelPart
  /// What is done otherwise than the model says, a sentence each.
  package private(set) var notes: [String] = []

  private static let className = "MotionAdapter"

  /// - Throws: `ModelError`, `CheckpointError`, `TensorFileError`, `ConfigurationError`.
  package init(path: String) throws {
    self.path = path
    if try existingKind(path) == .folder {
      let inside = "\(path)/motion_adapter"
      part = try ComponentFolder(path: fileKind(inside) == .folder ? inside : path)
    } else {
      part = try MotionAdapterFile(path: path)
    }
    let config = try part.config()
    let name = try config.string("_class_name", default: Self.className)
    guard name == Self.className else {
      throw ModelError.unknownClass(path: path, what: "motion adapter", found: name, known: [Self.className])
    }
    configuration = try config.decode()
    notes = try part.readers().flatMap(\.notes)
  }

  /// The adapter of a model of pictures.
  ///
  /// - Throws: `RequestError` where the model is another, errors in the files.
  init(path: String, for source: any ModelSource, _ kind: ModelKind) throws {
    guard kind == .image else {
      throw RequestError(
        .motionAdapter, found: "given for \(source.path), which makes videos by itself",
        expected: "a Stable Diffusion 1.5 model with it")
    }
    try self.init(path: path)
    if let scheduler = try? source.schedulerFile(), try Self.replaces(scheduler) {
      notes.append(
        "Using AnimateDiff's noise schedule (DDIM, linear betas) instead of the model's; \(field: .schedulerConfiguration) names another."
      )
    }
  }

  /// Configuration of the denoiser `unet` with these motion modules.
  ///
  /// - Throws: `RequestError` with both sides where they do not fit.
  func configuration(for unet: UNet2DConditionConfiguration, of model: String) throws -> UNetMotionConfiguration {
    let result = UNetMotionConfiguration(unet: unet, adapter: configuration)
    do { _ = try result.shape() } catch ConfigurationError.wrongValue(_, _, let key, let found, let expected) {
      throw RequestError(
        .motionAdapter, found: "\(path) with \(key) \(found)",
        expected: "\(expected) of \(model); an adapter works only on the kind of model it was made for")
    }
    return result
  }

  /// - Throws: `RequestError` for more frames than it has places for.
  func check(frames: Int) throws {
    guard frames > configuration.maxSeqLength else { return }
    throw RequestError(
      .frames, found: "\(frames)", expected: "at most \(configuration.maxSeqLength), for which \(path) was made")
  }

  // MARK: The schedule

  /// Motion modules were trained with linear betas, other than Stable Diffusion; a model that has these is made for
  /// them already.
  private static func replaces(_ scheduler: ConfigFile) throws -> Bool {
    try scheduler.string("beta_schedule", default: "linear") != "linear"
  }

  /// The scheduler that diffusers' guide to AnimateDiff asks for, in place of the model's: DDIM with linear betas.
  ///
  /// - Throws: `ConfigurationError`.
  func scheduler(instead scheduler: ConfigFile) throws -> ConfigFile {
    guard try Self.replaces(scheduler) else { return scheduler }
    let fields: [String: JSONValue] = [
      "_class_name": .string("DDIMScheduler"), "beta_schedule": .string("linear"), "clip_sample": .bool(false),
      "timestep_spacing": .string("linspace"), "steps_offset": .integer(1), "trained_betas": .null,
    ]
    return ConfigFile(file: scheduler.file, fields: scheduler.fields.merging(fields) { $1 })
  }

  // MARK: Identity

  /// A hash over `model`'s and the adapter's files.
  ///
  /// - Throws: `ModelError`, errors in the files.
  func hash(with model: String) throws -> String {
    var files = try part.readers().map(\.file)
    if part is ComponentFolder { files.append(try part.config().file) }
    var hash = SHA256()
    hash.update(model.utf8)
    hash.update(try ModelIdentity.hash(ofFiles: files).utf8)
    return hash.hexadecimal
  }
}
