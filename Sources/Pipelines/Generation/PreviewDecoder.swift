import NegativeSpaceNetworks
import NegativeSpaceTensors

/// Shows the progress of a generation: the network's estimate of the clean picture at a step.
public struct PreviewDecoder: Sendable {
  private let autoencoder: any LatentCodec

  /// - Parameters:
  ///   - request: the request to preview.
  ///   - taesd: a small autoencoder of the same latents, a folder or a file; nil takes the one that makes the result.
  /// - Throws: `RequestError` where it does not fit the model, errors in its files.
  public init(
    _ model: DiffusionModel, for request: GenerationRequest = GenerationRequest(), taesd: String? = nil
  ) throws {
    let requested = try model.requested(request)
    guard let taesd else {
      autoencoder = try model.parts.autoencoder(requested)
      return
    }
    let files = try AutoencoderFiles(path: taesd)
    let (found, expected) = (files.configuration.latentChannels, requested.autoencoder.latentChannels)
    guard found == expected else {
      throw RequestError(
        .taesd, found: "\(taesd) with \(found) channels of latents", expected: "the \(expected) of \(model.path)")
    }
    autoencoder = try files.load(dtype: model.dtype)
  }

  /// The picture of latents, of a video its first frame, in the size that the autoencoder makes.
  ///
  /// - Throws: an error for a value that is NaN.
  public func frame(of latents: Latents) throws -> Frame {
    var decoder = FrameDecoder(autoencoder, latents: latents.tensor, scale: 1)
    guard let frame = try decoder.next() else { throw ModelError.brokenOutput(what: "A preview without frames") }
    return frame
  }
}
