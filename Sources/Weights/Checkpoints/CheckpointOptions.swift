/// Options of a single file beside its path.
package struct CheckpointOptions: Sendable, Hashable {
  /// A model folder whose configurations hold instead of what the shapes tell, or the original yaml.
  package var config: String?
  /// The folder of the tokenizer.
  package var tokenizer: String?
  /// Whether the averages of the denoiser's weights (EMA) are taken.
  package var usesAverages = false

  package init(config: String? = nil, tokenizer: String? = nil, usesAverages: Bool = false) {
    (self.config, self.tokenizer, self.usesAverages) = (config, tokenizer, usesAverages)
  }
}
