public import ArgumentParser
public import NegativeSpacePipelines

// Values of the library that are typed by their names.

extension ComputeType: ExpressibleByArgument {}
extension RandomNumbers: ExpressibleByArgument {}
extension Seed: ExpressibleByArgument {
  /// A whole number; negative: drawn.
  public init?(argument: String) { self.init(argument) }
}
extension ModelComponent: ExpressibleByArgument {}
extension PromptWeighting: ExpressibleByArgument {}
extension LongPrompt: ExpressibleByArgument {}
extension VAETiling: ExpressibleByArgument {}
extension EmbeddingConversion.Form: ExpressibleByArgument {}
extension TokenEmbedding.Form: ExpressibleByArgument {}
extension ModelConversion.StorageType: ExpressibleByArgument {}
