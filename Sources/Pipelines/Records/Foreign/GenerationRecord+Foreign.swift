import NegativeSpaceKernels
package import NegativeSpaceMedia

extension GenerationRecord {
  /// What a record of this program would say of another's picture: the request as far as it could be read, this machine,
  /// and the picture's own pixels.
  ///
  /// - Throws: `ModelError.wrongKind` for a model of videos, else what reading the model throws.
  package init(foreign request: GenerationRequest, by model: DiffusionModel, picture: Picture) throws {
    guard model.kind == .image else {
      throw ModelError.wrongKind(path: model.path, makes: "video", hint: "a model of pictures")
    }
    var request = request
    // Others enlarge in ways of their own.
    request.scale = 1
    let identity = try model.identity()
    self.model = Model(kind: .image, name: identity.name, path: model.path, hash: identity.hash, options: nil)
    self.request = try model.resolve(request)
    compute = Computation(backend: Compute.backend.name, threads: Threads.count)
    output = Output(
      width: picture.width, height: picture.height, frames: 1,
      pixelsSHA256: SHA256.hexadecimal(of: picture.pixels))
  }
}
