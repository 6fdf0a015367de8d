import NegativeSpaceConfiguration
package import NegativeSpaceNetworks
package import NegativeSpaceWeights

/// A ControlNet: a diffusers folder (`control_v11p_sd15_canny/`), or one file with diffusers' or its authors' names.
package struct ControlNetFiles {
  package let path: String
  package let configuration: ControlNetConfiguration
  package let part: any ModelPart

  /// - Throws: `ModelError`, `CheckpointError`, `TensorFileError`, `ConfigurationError`.
  package init(path: String) throws {
    self.path = path
    if try existingKind(path) == .folder {
      let inside = "\(path)/controlnet"
      part = try ComponentFolder(path: fileKind(inside) == .folder ? inside : path)
    } else {
      part = try ControlNetFile(path: path)
    }
    let config = try part.config()
    let name = try config.string("_class_name", default: "ControlNetModel")
    guard name == "ControlNetModel" else {
      throw ModelError.unknownClass(path: path, what: "ControlNet", found: name, known: ["ControlNetModel"])
    }
    configuration = try config.decode()
  }

  /// - Throws: as `init(path:)`, `RequestError`.
  init(_ reference: FileReference) throws { try self.init(path: reference.filePath(for: RequestField(.controlNet))) }

  /// Reads the weights.
  ///
  /// - Throws: `WeightMismatch`, `TensorFileError`.
  package func load(dtype: ComputeType) throws -> ControlNetModel {
    try part.weights(dtype: dtype.dataType, checkFinite: true).build { try ControlNetModel(configuration, $0) }
  }

  /// The reference with a hash over configuration and weights, which must be the one it had before, if it had one.
  ///
  /// - Throws: `ModelError`, errors in the files.
  static func hashed(_ reference: FileReference) throws -> FileReference {
    let part = try ControlNetFiles(reference).part
    var files = try part.readers().map(\.file)
    if part is ComponentFolder { files.append(try part.config().file) }
    var result = reference
    let found = try ModelIdentity.hash(ofFiles: files)
    if let sha256 = reference.sha256, sha256 != found {
      throw ModelError.changedFile(path: reference.path, expected: sha256, found: found)
    }
    result.sha256 = found
    return result
  }
}
