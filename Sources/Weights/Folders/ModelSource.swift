package import NegativeSpaceConfiguration
package import NegativeSpaceKernels

/// The source of a model's parts: a folder in diffusers' layout, or one file that holds them all.
package protocol ModelSource: Sendable {
  associatedtype Part: ModelPart

  /// The folder or the file, as it was given.
  var path: String { get }
  /// The pipeline's class, as diffusers names it; nil where nothing says.
  var pipelineClass: String? { get }
  /// Library and class of each part that is there.
  var components: [String: ComponentClass] { get }
  /// Things found and not used, a sentence each.
  var notes: [String] { get }

  /// The part called `name`: `unet`, `vae`, `text_encoder`, `scheduler` and so on.
  ///
  /// - Throws: `ModelFolderError.missingComponent` if there is none.
  func component(_ name: String) throws -> Part

  /// The folder with the tokenizer's files.
  ///
  /// - Throws: `ModelFolderError`, `CheckpointError.noTokenizer`.
  func tokenizerFolder() throws -> String

  /// The id that fills up a prompt, whatever the tokenizer says; nil leaves it to the tokenizer.
  var tokenPadding: Int? { get }
}

extension ModelSource {
  package var tokenPadding: Int? { nil }
}

/// One network or scheduler of a model: its configuration and its weights.
package protocol ModelPart: Sendable {
  /// The folder or the file, for messages.
  var path: String { get }

  /// The configuration, spelled as diffusers or transformers spell it.
  ///
  /// - Throws: `ConfigurationError`.
  func config() throws -> ConfigFile

  /// The files of the weights, under diffusers' or transformers' names.
  ///
  /// - Throws: `ModelFolderError`, `ConfigurationError`, `TensorFileError`.
  func readers() throws -> [any TensorReader]
}

extension ModelPart {
  /// The weights as a source to build a network from.
  package func weights(
    dtype: DataType = .float32, recipe: KeyRecipe = .diffusers, checkFinite: Bool = false
  ) throws -> FileWeights {
    try FileWeights(readers(), dtype: dtype, recipe: recipe, checkFinite: checkFinite)
  }
}

/// The library and the class of a part: `["transformers", "CLIPTextModel"]`.
package struct ComponentClass: Sendable, Hashable {
  package let library: String
  package let name: String

  package init(library: String, name: String) { (self.library, self.name) = (library, name) }
}
