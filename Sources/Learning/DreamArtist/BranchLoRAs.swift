package import NegativeSpaceLayers
package import NegativeSpaceNetworks
import NegativeSpacePipelines
package import NegativeSpaceTensors
import NegativeSpaceTraining

/// The LoRAs that the denoiser gets beside the words, one for each branch of guidance (DreamArtist++).
package struct BranchLoRAs: Sendable {
  /// A branch: the one of the word to say, or that of the word to avoid.
  package enum Branch: String, Sendable, CaseIterable {
    case positive, negative

    /// What stands before the names of its matrices.
    package var prefix: String { "\(rawValue) lora." }
  }

  /// The denoisers of both branches.
  package struct Denoisers: Sendable {
    package let positive: any Denoiser
    package let negative: any Denoiser
  }

  private let tuned: TunedWeights

  /// - Parameter tuned: the model's denoiser with the shape of both LoRAs.
  package init(_ tuned: TunedWeights) { self.tuned = tuned }

  /// The denoisers with what was learned, or is being learned.
  ///
  /// - Throws: the errors of the weight source.
  package func denoisers(_ learned: any WeightSource) throws -> Denoisers? {
    func denoiser(_ branch: Branch) throws -> (any Denoiser)? {
      try tuned.denoiser(PrefixedWeights(learned, prefix: branch.prefix))
    }
    guard let positive = try denoiser(.positive), let negative = try denoiser(.negative) else { return nil }
    return Denoisers(positive: positive, negative: negative)
  }

  /// The matrices of a branch, by the names that its file has.
  package static func matrices(_ tensors: [String: Tensor], of branch: Branch) -> [String: Tensor] {
    tensors.reduce(into: [:]) { found, entry in
      if entry.key.hasPrefix(branch.prefix) { found[String(entry.key.dropFirst(branch.prefix.count))] = entry.value }
    }
  }
}

extension FrozenModel {
  /// A loaded model of pictures with its denoiser's weights apart, for LoRAs on both branches of guidance.
  ///
  /// The denoiser is built of the same tensors, so that none is there twice.
  /// - Throws: errors in its files.
  static func withLoRAs(
    _ model: DiffusionModel, size: SampleSize, _ shape: LoRAShape
  ) throws -> (model: FrozenModel, loras: BranchLoRAs) {
    let own = try model.requested()
    let files = own.files
    let dtype = files.dtype.dataType
    let base = KeptWeights(try own.denoiserTensors(dtype: dtype) { shape.layer($0, $1) != nil }, dtype: dtype)
    let frozen = try FrozenModel(model, size: size, denoiser: files.denoiser.network(WeightScope(base)))
    return (frozen, BranchLoRAs(TunedWeights(.denoiser(files.denoiser), base: base, lora: shape, dtype: dtype)))
  }
}
