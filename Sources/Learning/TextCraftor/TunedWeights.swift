package import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceTraining

/// The network of a model that is tuned: what it starts from, and what of it is learned.
package struct TunedWeights: Sendable {
  /// The architecture of the network.
  package enum Architecture: Sendable {
    case textEncoder(CLIPTextConfiguration)
    case denoiser(any DenoiserConfiguration)
  }

  package let architecture: Architecture
  /// The model's own weights.
  package let base: KeptWeights
  /// The LoRA that is learned; nil where all weights are.
  package let lora: LoRAShape?
  /// The type that the network computes in.
  package let dtype: DataType

  package init(_ architecture: Architecture, base: KeptWeights, lora: LoRAShape?, dtype: DataType = .float32) {
    (self.architecture, self.base, self.lora, self.dtype) = (architecture, base, lora, dtype)
  }

  /// The parameters at the start: the model's own weights, or a LoRA that adds nothing.
  package func start(seed: UInt64) -> TrainableWeights {
    lora == nil
      ? TrainableWeights(start: base, dtype: dtype)
      : TrainableWeights(start: RandomWeights(seed: seed), dtype: .float32)
  }

  /// The source that the network is built from, with the parameters that `learned` delivers.
  private func source(_ learned: any WeightSource) -> WeightScope {
    WeightScope(lora.map { LoRAWeights(base, $0, matrices: learned, dtype: dtype) } ?? learned)
  }

  /// The text encoder; nil where the denoiser is tuned.
  ///
  /// - Throws: the errors of the weight source.
  package func textEncoder(_ learned: any WeightSource) throws -> CLIPTextModel? {
    guard case .textEncoder(let configuration) = architecture else { return nil }
    return try CLIPTextModel(configuration, source(learned))
  }

  /// The denoiser; nil where the text encoder is tuned.
  ///
  /// - Throws: the errors of the weight source.
  package func denoiser(_ learned: any WeightSource) throws -> (any Denoiser)? {
    guard case .denoiser(let configuration) = architecture else { return nil }
    return try configuration.network(source(learned))
  }
}
