package import NegativeSpaceLayers
package import NegativeSpaceNetworks
import NegativeSpacePipelines
package import NegativeSpaceTensors
import NegativeSpaceTraining

/// The LoRAs that the denoiser, and the text encoder where it is asked for, get beside the words: one for each branch of
/// guidance (DreamArtist++).
package struct BranchLoRAs: Sendable {
  /// A branch: the one of the word to say, or that of the word to avoid.
  package enum Branch: String, Sendable, CaseIterable {
    case positive, negative

    /// What stands before the names of its denoiser's matrices.
    package var prefix: String { "\(rawValue) lora." }
    /// And before those of its text encoder's.
    package var textPrefix: String { "\(rawValue) text lora." }
  }

  /// The networks of a branch.
  package struct Networks: Sendable {
    package let denoiser: any Denoiser
    /// Nil where it is the model's own.
    package let tower: (any TextTower)?
  }

  /// The networks of both branches.
  package struct Pair: Sendable {
    package let positive: Networks
    package let negative: Networks
  }

  private let denoiser: TunedWeights
  private let textEncoder: TunedWeights?

  /// - Parameters:
  ///   - denoiser: the model's, with the shape of both LoRAs.
  ///   - textEncoder: the same of its text encoder; nil leaves it as it is.
  package init(denoiser: TunedWeights, textEncoder: TunedWeights? = nil) {
    (self.denoiser, self.textEncoder) = (denoiser, textEncoder)
  }

  /// The networks with what was learned, or is being learned.
  ///
  /// - Throws: the errors of the weight source.
  package func networks(_ learned: any WeightSource) throws -> Pair? {
    func networks(_ branch: Branch) throws -> Networks? {
      try denoiser.denoiser(PrefixedWeights(learned, prefix: branch.prefix)).map {
        Networks(
          denoiser: $0,
          tower: try textEncoder?.textEncoder(PrefixedWeights(learned, prefix: branch.textPrefix)))
      }
    }
    guard let positive = try networks(.positive), let negative = try networks(.negative) else { return nil }
    return Pair(positive: positive, negative: negative)
  }

  /// The matrices whose names begin so, by the names that their file has.
  package static func matrices(_ tensors: [String: Tensor], prefix: String) -> [String: Tensor] {
    tensors.reduce(into: [:]) { found, entry in
      if entry.key.hasPrefix(prefix) { found[String(entry.key.dropFirst(prefix.count))] = entry.value }
    }
  }
}

extension FrozenModel {
  /// A loaded model of pictures with the weights apart that get LoRAs on both branches of guidance.
  ///
  /// The denoiser is built of the same tensors, so that none is there twice.
  /// - Throws: errors in its files.
  static func withLoRAs(
    _ model: DiffusionModel, size: SampleSize, _ shape: LoRAShape, onTextEncoder: Bool
  ) throws -> (model: FrozenModel, loras: BranchLoRAs) {
    let own = try model.requested()
    let files = own.files
    let dtype = files.dtype.dataType
    let base = KeptWeights(try own.denoiserTensors(dtype: dtype) { shape.layer($0, $1) != nil }, dtype: dtype)
    let frozen = try FrozenModel(model, size: size, denoiser: files.denoiser.network(WeightScope(base)))
    let denoiser = TunedWeights(.denoiser(files.denoiser), base: base, lora: shape, dtype: dtype)
    let textEncoder =
      try onTextEncoder
      ? TunedWeights(.textEncoder(files.text), base: KeptWeights(own.textEncoderTensors()), lora: shape) : nil
    return (frozen, BranchLoRAs(denoiser: denoiser, textEncoder: textEncoder))
  }
}
