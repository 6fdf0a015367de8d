import NegativeSpaceConfiguration
import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTraining
import NegativeSpaceWeights

/// The autoencoder of a family with pictures of half the size, from which a new one grows.
///
/// The new one's inner levels begin with its weights, and its first latent channels can be held to its latents: then
/// denoisers that have learned on these go on with the new ones.
struct SmallerAutoencoder {
  let network: AutoencoderKL
  private let weights: [String: Tensor]

  /// - Parameter folder: diffusers' `vae` folder.
  /// - Throws: `ConfigurationError`, `TensorFileError`, `WeightMismatch`.
  init(folder: String) throws {
    let configuration: AutoencoderKLConfiguration = try ConfigFile(path: folder + "/config.json").decode()
    weights = try TensorFile(path: folder + "/diffusion_pytorch_model.safetensors").tensors
      .mapValues { $0.cast(to: .float32) }
    network = try AutoencoderKL(configuration, WeightScope(SnapshotWeights(weights, dtype: .float32)))
  }

  /// Starting weights of an autoencoder with one level more, on the side of the pictures.
  var start: any WeightSource {
    let inner = network.configuration.blockOutChannels.count
    return GrownWeights(
      from: weights, fresh: RandomWeights(seed: 1), rim: .fresh, knownName: { Self.name($0, levels: inner) },
      // Mean and logarithm of the variance lie one after the other.
      parts: { name in
        if name.hasPrefix("encoder.conv_out.") { return (2, 1) }
        return name.hasPrefix("quant_conv.") ? (2, 2) : (1, 1)
      })
  }

  /// The name that a parameter has where the pictures' level is missing; nil for one of that level.
  ///
  /// The encoder counts levels from the pictures, the decoder from the latents.
  private static func name(_ name: String, levels: Int) -> String? {
    let down = "encoder.down_blocks."
    if name.hasPrefix(down) {
      let rest = name.dropFirst(down.count)
      guard let dot = rest.firstIndex(of: "."), let level = Int(rest[..<dot]), level > 0 else { return nil }
      return "\(down)\(level - 1)\(rest[dot...])"
    }
    let isOfPictures = [
      "encoder.conv_in.", "decoder.conv_norm_out.", "decoder.conv_out.", "decoder.up_blocks.\(levels).",
    ]
    return isOfPictures.contains { name.hasPrefix($0) } ? nil : name
  }

  /// Mean absolute distance of the first channels of `mean` from the latents of the same pictures made half as large.
  ///
  /// - Parameters:
  ///   - mean: (N, h, w, C), C at least this autoencoder's.
  ///   - pictures: (N, H, W, 3) in [-1, 1].
  func distance(of mean: Tensor, _ pictures: Tensor) -> Tensor {
    let wanted = withoutGradients { network.encode(pictures.averagePooled(kernel: 2)).mean }
    return (mean.slice(axis: 3, from: 0, to: wanted.size(3)) - wanted).abs().mean()
  }
}
