import NegativeSpaceMedia
import NegativeSpaceNetworks
import NegativeSpaceTensors

/// The ControlNets of a request.
extension RequestedModel {
  /// Refuses a ControlNet that was made for another model, and notes what was in the files.
  ///
  /// - Throws: `RequestError`, `ModelError`, errors in a configuration.
  func resolveControls(_ request: inout GenerationRequest) throws {
    request.controls = try request.controls.map { control in
      try checkFit(ControlNetFiles(control.net))
      var resolved = control
      resolved.net = try ControlNetFiles.hashed(control.net)
      resolved.image = try control.image.hashed()
      return resolved
    }
  }

  /// The pictures that the ControlNets of a resolved request are shown, in their order: (P, H, W, 3) in 0…1.
  ///
  /// - Throws: `MediaError`, `RequestError` where a video is too short.
  func controlPictures(_ request: GenerationRequest) throws -> [Tensor] {
    try request.controls.map { control in
      let pictures = try controlPictures(control, request).map {
        Tensor($0.floats(.unit), shape: [1, $0.height, $0.width, 3])
      }
      return Tensor.concatenate(pictures, axis: 0)
    }
  }

  /// One picture, or one for each frame of a video, at the request's size.
  private func controlPictures(_ control: ControlCondition, _ request: GenerationRequest) throws -> [Picture] {
    let count = request.frames ?? defaults.frames
    return try frames(of: control.image, count: kind == .image ? 1 : count).map { picture in
      // As ControlNet's authors do it: edges are found at the size at which they are used, so that they stay sharp.
      let sized = resized(picture, request)
      return control.canny ? sized.canny() : sized
    }
  }

  /// The only picture of a file or in memory, or its first `count` frames.
  private func frames(of image: FileReference, count: Int) throws -> [Picture] {
    let field = RequestField(.controlImage)
    let still = try kind == .video ? image.still(for: field) : image.picture(for: field)
    if let still, count == 1 { return [still] }
    var frames: [Picture] = []
    do {
      let reader = try image.video(for: field)
      while frames.count < count, let picture = try reader.next() { frames.append(picture) }
    } catch  where still != nil {
      // A still picture is not a video, and need not be.
    }
    if let still, frames.count <= 1 { return [still] }
    guard frames.count == count else {
      throw RequestError(
        .frames, found: "\(count)",
        expected: "at most \(frames.count), the frames of \(image.path) for \(field: .controlImage)")
    }
    return frames
  }

  /// - Throws: `RequestError` with both sides.
  private func checkFit(_ net: ControlNetFiles) throws {
    let (control, unet) = (net.configuration, net.configuration.unet)
    func check(_ what: String, _ found: String, _ expected: String) throws {
      guard found != expected else { return }
      throw RequestError(
        .controlNet, found: "\(net.path) with \(what) \(found)",
        expected:
          "\(expected), as the model \(path) has it; a ControlNet works only on the kind of model it was made for")
    }
    try check("text states of width", "\(unet.crossAttentionDim)", "\(textWidth)")
    try check("channels", "\(unet.blockOutChannels)", "\(files.denoiser.blockOutChannels)")
    try check("layers in its blocks", "\(unet.blockLayers)", "\(files.denoiser.blockLayers)")
    try check("latents' channels", "\(unet.inChannels)", "\(autoencoder.latentChannels)")
    try check("pixels for one of the latents", "\(control.factor)", "\(factor)")
    guard control.conditioningChannels == 3 else {
      throw RequestError(
        .controlNet, found: "\(net.path) for pictures with \(control.conditioningChannels) channels",
        expected: "3, red, green and blue")
    }
  }
}
