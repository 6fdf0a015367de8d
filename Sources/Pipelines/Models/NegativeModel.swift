import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceWeights

/// Another model whose denoiser runs in the avoided branch of guidance.
struct NegativeModel: Sendable {
  /// With the model's hash.
  let reference: FileReference
  private let files: ModelFiles

  /// - Throws: `RequestError` for a model of another base, `ModelError.changedFile`, errors in the files.
  init(_ reference: FileReference, for model: ModelFiles) throws {
    let path = try reference.filePath(for: RequestField(.negativeModel))
    let other = try DiffusionModel(path: path, dtype: model.dtype)
    files = other.files
    try Self.check(files, path, against: model)
    var hashed = reference
    hashed.sha256 = try other.identity().hash
    try hashed.requireContent(of: reference)
    self.reference = hashed
  }

  /// - Throws: `RequestError` with both sides.
  private static func check(_ other: ModelFiles, _ path: String, against model: ModelFiles) throws {
    func facts(_ files: ModelFiles) throws -> [String] {
      let denoiser = files.denoiser
      return [
        "a \(type(of: denoiser).className)", "text states of width \(denoiser.textWidth)",
        "\(denoiser.inChannels) channels of latents",
        "a prediction of \((try files.scheduler.get().prediction ?? .epsilon).rawValue)",
      ]
    }
    for (found, expected) in try zip(facts(other), facts(model)) where found != expected {
      throw RequestError(
        .negativeModel, found: "\(path) with \(found)",
        expected: "\(expected), as \(model.path) has it: both branches of guidance are of one base")
    }
  }

  /// Reads the denoiser's weights.
  ///
  /// - Throws: `WeightMismatch`, errors in the files.
  func load() throws -> any Denoiser {
    let weights = try FileWeights(
      try files.source.component("unet").readers(), dtype: files.dtype.dataType, checkFinite: true)
    return try weights.build { try files.denoiser.network($0) }
  }
}
