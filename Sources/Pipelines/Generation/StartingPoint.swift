import NegativeSpaceMedia
import NegativeSpaceNetworks
import NegativeSpaceSampling
import NegativeSpaceTensors

/// State in which the steps begin: latents, first call, and the mask of a picture.
struct StartingPoint {
  /// (1, h, w, C) or (1, F, h, w, C), with the noise that the first call expects.
  let latents: Tensor
  let firstCall: Int
  /// The part that is painted anew, where the loop has to keep the rest.
  var region: RepaintedRegion?
  /// (1, h, w, 1 + C), the mask and what stays, where the network reads them.
  var maskChannels: Tensor?
}

extension StartingPoint {
  /// The starting point of a resolved request.
  ///
  /// Random numbers are drawn as diffusers' pipelines draw them: for the picture's latents, for the start's noise, and
  /// for the latents of what a mask leaves.
  /// - Throws: `ModelError`, `RequestError`, `MediaError`.
  init(
    _ request: GenerationRequest, _ model: RequestedModel, _ parts: ModelParts, _ sampler: any Sampler,
    noise: inout RandomNoise
  ) throws {
    let shape = model.latentShape(request)
    let given = try request.initialLatents.map { try $0.latents().tensor }
    guard let frames = try model.startingFrames(request) else {
      let initial = given ?? noise.source.latents(shape)
      self.init(latents: initial * sampler.initialNoiseScale, firstCall: 0)
      return
    }
    // Drawn as a batch of pictures, (F, C, h, w), whatever the steps draw.
    let layout = noise.layout
    noise.layout = .frames
    defer { noise.layout = layout }
    let mask = try request.mask.map {
      PictureMask(model.resized(try $0.picture(for: RequestField(.mask)), request))
    }
    let strength = request.strength ?? 1
    // With a mask, full strength means noise alone.
    let isFresh = mask != nil && strength == 1

    let codec = try parts.autoencoder(model)
    let original = try isFresh && model.readsMask ? nil : codec.encode(frames, as: shape, &noise)
    let start = given ?? noise.next(shape)
    let first = sampler.firstCall(strength: strength, steps: request.steps ?? model.defaults.steps)
    let latents =
      if let original, !isFresh {
        sampler.noised(original, with: start, at: first)
      } else {
        start * sampler.initialNoiseScale
      }
    self.init(latents: latents, firstCall: first)
    guard let mask else { return }
    let small = mask.latents(height: shape[shape.count - 3], width: shape[shape.count - 2])
    if model.readsMask {
      maskChannels = Tensor.concatenate([small, try codec.encode(frames, without: mask, as: shape, &noise)], axis: 3)
    } else if let original {
      // diffusers encodes what the mask leaves here too, and does not use it.
      if codec.hasSpread { _ = noise.next(shape) }
      region = RepaintedRegion(original: original, noise: start, mask: small)
    }
  }
}

extension LatentCodec {
  /// Latents of frames as the denoiser sees them, those under a mask grey.
  fileprivate func encode(
    _ frames: [Picture], without mask: PictureMask? = nil, as shape: [Int], _ noise: inout RandomNoise
  ) throws -> Tensor {
    guard canEncode else { throw ModelError.noEncoder }
    let pictures = frames.map { frame in
      let floats = frame.floats(.signed)
      let kept = mask.map { mask in floats.indices.map { mask.isPainted[$0 / 3] ? 0 : floats[$0] } } ?? floats
      return Tensor(kept, shape: [1, frame.height, frame.width, 3])
    }
    return latents(of: pictures) { noise.next(shape).reshaped($0) }.reshaped(shape)
  }
}

extension RequestedModel {
  /// The engine's layout: (1, h, w, C) or (1, F, h, w, C).
  fileprivate func latentShape(_ request: GenerationRequest) -> [Int] {
    let size = [(request.height ?? defaults.height) / factor, (request.width ?? defaults.width) / factor]
    let frames = kind == .image ? [] : [request.frames ?? defaults.frames]
    return [1] + frames + size + [autoencoder.latentChannels]
  }
}
