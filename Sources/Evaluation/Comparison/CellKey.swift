import Foundation
import NegativeSpacePipelines

/// Key of a cell: a hash of everything that determines its pixels, so that it is made once.
enum CellKey {
  private struct Content: Encodable {
    let version: String
    let kind: ModelKind
    let model: String
    let options: ModelOptions
    let request: GenerationRequest
    /// Not there without a search.
    let search: String?
  }

  /// - Parameters:
  ///   - request: resolved, with the hashes of the files it names; where they lie does not count.
  ///   - search: what finds its negatives; nil where nothing does.
  static func key(
    _ request: GenerationRequest, search: ArmSearch?, model: ModelIdentity, kind: ModelKind, options: ModelOptions
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var options = options
    // Its content belongs to the model's hash.
    options.motionAdapter = nil
    let content = Content(
      version: ProgramVersion.current, kind: kind, model: model.hash, options: options, request: placeless(request),
      search: search?.identity)
    return String(SHA256.hexadecimal(of: try encoder.encode(content)).prefix(40))
  }

  private static func placeless(_ request: GenerationRequest) -> GenerationRequest {
    var request = request
    func placeless(_ file: FileReference) -> FileReference {
      var file = file
      if file.sha256 != nil { file.path = "" }
      return file
    }
    request.negativeEmbeddings = request.negativeEmbeddings.map(placeless)
    request.embeddings = request.embeddings.map(placeless)
    request.schedulerConfiguration = request.schedulerConfiguration.map(placeless)
    request.initialLatents = request.initialLatents.map(placeless)
    request.noise = request.noise.map(placeless)
    request.vae = request.vae.map(placeless)
    request.negativeModel = request.negativeModel.map(placeless)
    request.loras = request.loras.map(placeless)
    request.negativeLoras = request.negativeLoras.map(placeless)
    request.textEncoders = request.textEncoders.map(placeless)
    request.controls = request.controls.map { control in
      var control = control
      (control.net, control.image) = (placeless(control.net), placeless(control.image))
      return control
    }
    return request
  }
}
