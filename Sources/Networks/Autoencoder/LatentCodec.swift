package import NegativeSpaceConfiguration
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The way between frames and latents: what stands between a denoiser and pixels.
///
/// Pictures are (N, H, W, 3), nearly in -1…1; latents are (N, h, w, C), as the codec itself makes them or, in the
/// methods of the extension, as the denoiser sees them.
package protocol LatentCodec: Sendable {
  associatedtype Configuration: LatentCodecConfiguration
  var configuration: Configuration { get }
  /// Whether there are weights for encoding too.
  var canEncode: Bool { get }
  /// Whether encoding takes noise, as the encoder gives a mean and a spread.
  var hasSpread: Bool { get }

  /// Frames of the codec's own latents.
  ///
  /// - Parameter isCheckpointed: whether gradients recompute each block of a large decoder instead of remembering its
  ///   inside.
  func decoded(_ latents: Tensor, isCheckpointed: Bool) -> Tensor

  /// The same piece by piece, with the memory of one piece; as a whole where the decoder is small anyway.
  func decodedInTiles(_ latents: Tensor) -> Tensor

  /// The codec's own latents of frames (1, H, W, 3), encoded one at a time; only where `canEncode`.
  ///
  /// - Parameter noise: standard normal noise of a shape, asked for once where the encoder leaves a spread.
  func encoded(_ frames: [Tensor], noise: ([Int]) throws -> Tensor) rethrows -> Tensor
}

/// The configuration of a latent codec, as the rest of the program sees it.
package protocol LatentCodecConfiguration: Sendable {
  /// The class, as diffusers names it.
  static var className: String { get }
  /// Channels of the latents.
  var latentChannels: Int { get }
  /// Channels of the frames that go in and come out.
  var inChannels: Int { get }
  var outChannels: Int { get }
  /// Pixels of a frame for one of the latents, in each direction.
  var factor: Int { get }
  /// Frames of pixels for one frame of latents.
  var framesPerLatent: Int { get }
  /// Scaling between the codec's latents and the denoiser's.
  var scaling: LatentScaling { get }

  /// Builds the network.
  ///
  /// - Throws: `ConfigurationError`, or the weight source's own error.
  func codec(_ weights: WeightScope) throws -> any LatentCodec
}

/// The one table of latent codecs: whoever adds one adds its file, and its configuration here.
package enum LatentCodecRegistry {
  /// The configurations that a model's files can hold.
  package static let all: [any (LatentCodecConfiguration & ReadableConfiguration).Type] = [
    AutoencoderKLConfiguration.self, AutoencoderTinyConfiguration.self,
  ]

  /// The codec of a class in diffusers; nil for one that is not known here.
  package static func named(_ className: String) -> (any (LatentCodecConfiguration & ReadableConfiguration).Type)? {
    all.first { $0.className == className }
  }
}

extension LatentCodecConfiguration {
  package var framesPerLatent: Int { 1 }
}

extension LatentCodecConfiguration where Self: ReadableConfiguration {
  package static var className: String { owner }
}

extension LatentCodec {
  package var factor: Int { configuration.factor }

  /// Frames of latents as the denoiser sees them.
  package func frames(of latents: Tensor, isCheckpointed: Bool = false) -> Tensor {
    decoded(configuration.scaling.removed(from: latents), isCheckpointed: isCheckpointed)
  }

  /// The same piece by piece.
  package func framesInTiles(of latents: Tensor) -> Tensor {
    decodedInTiles(configuration.scaling.removed(from: latents))
  }

  /// Latents as the denoiser sees them, of frames (1, H, W, 3); only where `canEncode`.
  package func latents(of frames: [Tensor], noise: ([Int]) throws -> Tensor) rethrows -> Tensor {
    configuration.scaling.applied(to: try encoded(frames, noise: noise))
  }
}
