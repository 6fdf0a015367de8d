import Foundation
package import NegativeSpaceConfiguration

/// A pipeline in diffusers' layout: `model_index.json` and one folder for each part.
package struct DiffusersFolder: ModelSource {
  package let path: String
  /// Preferred copy of the weights.
  package let variant: String?
  /// The whole model_index.json.
  package let index: ConfigFile
  /// The pipeline's class, as diffusers names it; nil where the file does not say.
  package let pipelineClass: String?
  /// Library and class of each part that is there.
  package let components: [String: ComponentClass]

  /// - Parameter variant: preferred copy of the weights, as in diffusers ("fp16"); without it the full one.
  /// - Throws: `ModelFolderError`, `ConfigurationError`.
  package init(path: String, variant: String? = nil) throws {
    guard fileKind(path) == .folder else { throw ModelFolderError.notAFolder(path: path) }
    let file = path + "/model_index.json"
    guard fileKind(file) == .file else { throw ModelFolderError.noIndex(folder: path) }
    let index = try ConfigFile(path: file)
    var components: [String: ComponentClass] = [:]
    for (key, value) in index.fields where !key.hasPrefix("_") {
      // Settings stand among the parts; only pairs are parts.
      guard case .array(let pair) = value else { continue }
      switch (pair.first, pair.last, pair.count) {
      case (.string(let library)?, .string(let name)?, 2):
        guard isPlainName(key) else { throw ModelFolderError.unsafeName(file: file, name: key) }
        components[key] = ComponentClass(library: library, name: name)
      case (.null?, .null?, 2): continue
      default:
        throw ModelFolderError.malformedIndex(file: file, key: key, reason: "is no pair of library and class")
      }
    }
    pipelineClass = try index.optional("_class_name")
    (self.path, self.variant, self.index, self.components) = (path, variant, index, components)
  }

  /// The part called `name`: `unet`, `vae`, `text_encoder`, `tokenizer`, `scheduler` and so on.
  ///
  /// - Throws: `ModelFolderError.missingComponent` if the index lacks it or its folder is not there.
  package func component(_ name: String) throws -> ComponentFolder {
    guard components[name] != nil else {
      throw ModelFolderError.missingComponent(folder: path, name: name, available: components.keys.sorted())
    }
    return try ComponentFolder(path: "\(path)/\(name)", variant: variant)
  }

  package var notes: [String] {
    // What cannot be opened shows when it is needed.
    let names = (try? component("text_encoder").readers())?.flatMap(\.entries.keys) ?? []
    let found = KeyRecipe.textEncoder.neighbours(among: names)
    return found.isEmpty
      ? [] : ["Left out of text_encoder: \(found.joined(separator: ", ")), which is no part of a text tower."]
  }

  package func tokenizerFolder() throws -> String { try component("tokenizer").path }
}

/// True if `name` is one step down in a folder and nothing else.
func isPlainName(_ name: String) -> Bool {
  !name.isEmpty && name != "." && name != ".."
    && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "/" && $0 != "\\" }
}
