import NegativeSpaceMedia
import NegativeSpaceNetworks
import NegativeSpaceSampling

/// The picture or video that a run of a request starts from.
extension RequestedModel {
  /// Fills in the strength, and refuses a start that this model cannot make.
  func resolveStart(_ request: inout GenerationRequest, _ sampler: any Sampler) throws {
    if kind == .video, let image = request.initialImage {
      throw RequestError(
        .initialImage, found: image.path,
        expected: "a picture model; \(path) makes videos and takes \(field: .initialVideo)")
    }
    if kind == .image, let video = request.initialVideo {
      throw RequestError(
        .initialVideo, found: video.path,
        expected: "a video model; \(path) makes pictures and takes \(field: .initialImage)")
    }
    if readsMask, request.mask == nil {
      throw RequestError(
        .mask, found: "missing",
        expected:
          "\(field: .initialImage) and \(field: .mask), because \(path) is an inpainting model: it paints the masked part of a picture"
      )
    }
    guard request.initialImage != nil || request.initialVideo != nil else { return }
    let strength = request.strength ?? (request.mask != nil ? 1 : files.denoiser.habits.strength)
    request.strength = strength
    let steps = request.steps ?? defaults.steps
    guard sampler.firstCall(strength: strength, steps: steps) < sampler.timesteps.count else {
      throw RequestError(
        .strength, found: "\(strength)", expected: "at least \(1 / Double(steps)), a step of the \(steps)")
    }
  }

  /// The size of the picture or video to start from, unless the request says otherwise; rounded down to what fits.
  ///
  /// One that this program enlarged when it wrote it is taken at the size it was made at.
  func adoptStartSize(_ request: inout GenerationRequest) throws {
    let size: (width: Int, height: Int)
    if let file = request.initialImage {
      guard request.width == nil || request.height == nil else { return }
      let picture = try file.picture(for: RequestField(.initialImage))
      size = (picture.width, picture.height)
    } else if let file = request.initialVideo {
      guard request.width == nil || request.height == nil || request.frames == nil else { return }
      let reader = try file.video(for: RequestField(.initialVideo))
      size = (reader.width, reader.height)
      if request.frames == nil {
        var count = 0
        while count < GenerationRequest.frameLimit, try reader.next() != nil { count += 1 }
        request.frames = count
      }
    } else {
      return
    }
    let enlargement = (request.initialImage ?? request.initialVideo)?.enlargement(width: size.width) ?? 1
    request.width = request.width ?? size.width / enlargement / factor * factor
    request.height = request.height ?? size.height / enlargement / factor * factor
    try request.validate()
  }

  /// The frames to start from at the request's size; nil where it starts from noise.
  ///
  /// - Throws: `MediaError`, `RequestError` where the video is too short.
  func startingFrames(_ request: GenerationRequest) throws -> [Picture]? {
    func sized(_ picture: Picture) -> Picture { resized(picture, request) }
    if let file = request.initialImage { return [sized(try file.picture(for: RequestField(.initialImage)))] }
    guard let file = request.initialVideo else { return nil }
    let (reader, count) = (try file.video(for: RequestField(.initialVideo)), request.frames ?? defaults.frames)
    var frames: [Picture] = []
    while frames.count < count, let picture = try reader.next() { frames.append(sized(picture)) }
    guard frames.count == count else {
      throw RequestError(
        .frames, found: "\(count)", expected: "at most \(frames.count), the frames of \(file.path)")
    }
    return frames
  }

  /// Lanczos, as diffusers' `VaeImageProcessor` resizes; the sides' proportion is the request's.
  func resized(_ picture: Picture, _ request: GenerationRequest) -> Picture {
    picture.resized(width: request.width ?? defaults.width, height: request.height ?? defaults.height)
  }
}

extension FileReference {
  /// The whole number by which this program enlarged the file when it wrote it; 1 for any other.
  ///
  /// - Parameter width: columns of the file now; one that was resized since is another file's.
  fileprivate func enlargement(width: Int) -> Int {
    guard !isInMemory, let record = try? GenerationRecord(contentsOf: path), let scale = record.request.scale,
      1...GenerationRequest.scaleLimit ~= scale, record.output.width == width
    else { return 1 }
    return scale
  }
}
