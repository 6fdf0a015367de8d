import Foundation
import NegativeSpaceConfiguration
package import NegativeSpaceKernels
import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceText
package import NegativeSpaceWeights

/// A folder with a whole T5 as transformers saves it: configuration, weights, tokenizer.
package struct T5Folder: Sendable {
  package let path: String
  package let configuration: T5Configuration
  package let tokenizer: T5Tokenizer

  /// Reads everything but the weights.
  ///
  /// - Throws: `WriterError`, `ModelFolderError`, `ConfigurationError`, `TokenizerError`.
  package init(path: String) throws {
    let config = try ComponentFolder(path: path).config()
    guard let type = try config.optional("model_type", as: String.self), ["t5", "mt5", "umt5"].contains(type) else {
      let found = config["model_type"].map { "a model of the kind \($0.kind)" } ?? "a model of an unknown kind"
      throw WriterError.notAWriter(folder: path, found: found)
    }
    (self.path, configuration) = (path, try config.decode())
    tokenizer = try T5Tokenizer(folder: URL(fileURLWithPath: path))
    guard tokenizer.vocabularyCount <= configuration.vocabSize else {
      throw WriterError.vocabulary(
        folder: path, tokenizer: tokenizer.vocabularyCount, network: configuration.vocabSize)
    }
  }

  /// The weights as a source to build from.
  ///
  /// - Throws: `ModelFolderError`, `TensorFileError`.
  package func weights(dtype: DataType = .float32) throws -> FileWeights {
    try ComponentFolder(path: path).weights(dtype: dtype, recipe: .t5, checkFinite: true)
  }

  /// The network.
  ///
  /// - Throws: as `weights`, `WeightMismatch`.
  package func network(dtype: DataType = .float32) throws -> T5ForConditionalGeneration {
    try weights(dtype: dtype).build { try T5ForConditionalGeneration(configuration, $0) }
  }
}
