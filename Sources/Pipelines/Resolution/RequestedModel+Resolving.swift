import NegativeSpaceNetworks
import NegativeSpaceSampling

extension DiffusionModel {
  /// The request with everything it leaves open filled in, as the run carries it out and its file stores it.
  ///
  /// - Throws: `RequestError` where the request asks for what this model cannot do; `ModelError` for a file it names.
  public func resolve(_ request: GenerationRequest) throws -> GenerationRequest {
    try request.validate()
    return try requested(request).resolved(request)
  }
}

extension RequestedModel {
  /// The request with everything it leaves open filled in.
  ///
  /// - Throws: `RequestError`, `ModelError`.
  func resolved(_ request: GenerationRequest) throws -> GenerationRequest {
    var result = request
    if result.seed == .drawn { result.seed = .number(UInt64(UInt32.random(in: .min ... .max))) }
    result.steps = request.steps ?? defaults.steps
    result.guidanceScale = request.guidanceScale ?? defaults.guidanceScale
    result.scale = request.scale ?? defaults.scale
    result.fps = kind == .image ? nil : request.fps ?? defaults.fps
    result.eta = request.eta ?? defaults.eta
    result.fpsCondition = request.fpsCondition ?? defaults.fpsCondition
    if let fps = request.fpsCondition, files.denoiser.habits.fps == nil {
      throw RequestError(
        .fpsCondition, found: "\(fps)",
        expected:
          "a model of VideoCrafter's kind; \(path) is not told frames a second (\(field: .fps) is the file's rate)"
      )
    }
    result.dtype = files.dtype
    result.sampler = try samplerName(request)
    if let asked = request.dtype, asked != files.dtype {
      throw RequestError(
        .dtype, found: asked.rawValue, expected: "\(files.dtype.rawValue), in which the model was opened")
    }
    let layers = files.text.encoder.layers
    guard request.clipSkip <= layers else {
      throw RequestError(
        .clipSkip, found: "\(request.clipSkip)", expected: "1 to \(layers), the text encoder's layers")
    }
    (result.vae, result.loras) = (otherAutoencoder?.reference, loras.files)
    result.negativeLoras = (negativeLoras?.files).map { Array($0.dropFirst(loras.files.count)) } ?? []
    result.textEncoders = tunedEncoders.map(\.reference)
    result.negativeModel = negativeModel?.reference
    // Steps and schedule are the sampler's to judge.
    try resolveStart(&result, try sampler(result))
    try resolveSize(&result)
    try resolveControls(&result)
    result.longPrompt = request.usedLongPrompt
    result.embeddings = try request.embeddings.flatMap { try $0.wordFiles() }.map { try $0.hashedTensors() }
    result.negativeEmbeddings = try request.negativeEmbeddings.map { try $0.hashedTensors() }
    result.schedulerConfiguration = try request.schedulerConfiguration?.hashed()
    result.initialLatents = try request.initialLatents?.hashed()
    result.noise = try request.noise?.hashedTensors()
    result.initialImage = try request.initialImage?.hashed()
    result.initialVideo = try request.initialVideo?.hashed()
    result.mask = try request.mask?.hashed()
    return result
  }

  private func resolveSize(_ request: inout GenerationRequest) throws {
    if let file = request.initialLatents {
      let shape = try file.latents().shape
      try adopt(shape, of: file.path, &request)
    }
    try adoptStartSize(&request)
    request.width = request.width ?? defaults.width
    request.height = request.height ?? defaults.height
    request.frames = request.frames ?? defaults.frames
    let scale = request.scale ?? 1
    for (field, size) in [(RequestField(.width), request.width), (RequestField(.height), request.height)] {
      guard let size else { continue }
      guard size % factor == 0 else {
        let below = max(1, size / factor) * factor
        throw RequestError(
          field, found: "\(size)",
          expected: "a multiple of \(factor), which is what this model's autoencoder works on, such as \(below) or "
            + "\(below + factor)")
      }
      guard kind == .image || size * scale % 2 == 0 else {
        throw RequestError(field, found: "\(size)", expected: "an even number, since H.264 halves the colour planes")
      }
    }
    if let motion = files.motion, let frames = request.frames { try motion.check(frames: frames) }
    if kind == .image, let frames = request.frames, frames != 1 {
      throw RequestError(
        .frames, found: "\(frames)", expected: "1, because \(path) makes pictures; use a video model for more")
    }
  }

  /// Sizes from initial latents in PyTorch's layout, unless the request says otherwise.
  private func adopt(_ shape: [Int], of path: String, _ request: inout GenerationRequest) throws {
    let channels = autoencoder.latentChannels
    let layout = kind == .image ? "[1, \(channels), H, W]" : "[1, \(channels), F, H, W]"
    guard shape.count == (kind == .image ? 4 : 5), shape[0] == 1, shape[1] == channels, !shape.contains(0) else {
      throw RequestError(.initialLatents, found: "\(path) with the shape \(shape)", expected: layout)
    }
    func agree(_ field: GenerationRequest.CodingKeys, _ asked: Int?, _ found: Int) throws -> Int {
      guard let asked, asked != found else { return found }
      throw RequestError(field, found: "\(asked)", expected: "\(found), as the latents of \(path) have it")
    }
    request.height = try agree(.height, request.height, shape[shape.count - 2] * factor)
    request.width = try agree(.width, request.width, shape[shape.count - 1] * factor)
    request.frames = try agree(.frames, request.frames, kind == .image ? 1 : shape[2])
    try request.validate()
  }
}
