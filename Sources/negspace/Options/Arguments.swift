public import ArgumentParser
public import NegativeSpacePipelines

// Values of the library that are typed by their names.

extension ComputeType: ExpressibleByArgument {}
extension RandomNumbers: ExpressibleByArgument {}
extension ModelComponent: ExpressibleByArgument {}
extension PromptWeighting: ExpressibleByArgument {}
extension LongPrompt: ExpressibleByArgument {}
extension VAETiling: ExpressibleByArgument {}
extension EmbeddingConversion.Form: ExpressibleByArgument {}
extension ModelConversion.StorageType: ExpressibleByArgument {}
