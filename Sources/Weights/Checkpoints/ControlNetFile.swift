package import NegativeSpaceConfiguration

/// A ControlNet in one file, with its authors' names (`control_model.…`, or without that beginning) or with diffusers'.
package struct ControlNetFile: ModelPart {
  package let path: String
  private let fields: [String: JSONValue]
  private let reader: any TensorReader

  /// Beginnings of names in the authors' files.
  private static let beginnings = ["control_model.", ""]

  /// - Throws: `CheckpointError`, `TensorFileError`.
  package init(path: String) throws {
    self.path = path
    let reader = try openTensorFile(path)
    let shapes = reader.entries.mapValues(\.shape)
    if shapes["controlnet_cond_embedding.conv_in.weight"] != nil {
      (fields, self.reader) = (try ControlNetShapes(shapes, file: path).fields, reader)
      return
    }
    guard let beginning = Self.beginnings.first(where: { shapes[$0 + "input_hint_block.0.weight"] != nil }) else {
      throw CheckpointError.notAControlNet(file: path, what: LDMTables.description(of: shapes.keys))
    }
    let own = shapes.keys.filter { $0.hasPrefix(beginning) }.sorted()
    let layout = try LDMControlLayout(
      Dictionary(uniqueKeysWithValues: own.map { (String($0.dropFirst(beginning.count)), shapes[$0] ?? []) }),
      file: path)
    var origins: [String: RenamedReader.Origin] = [:]
    for key in own {
      let name = String(key.dropFirst(beginning.count))
      // Tensors without another name keep their own, so that they are reported as not asked for.
      origins[layout.renaming(name) ?? key] = .init(key: key)
    }
    (fields, self.reader) = (layout.fields, RenamedReader(reader, origins))
  }

  /// True if the names of a file's tensors are those of a ControlNet.
  package static func isOne(_ keys: some Sequence<String>) -> Bool {
    let first = ["controlnet_cond_embedding.conv_in.weight"] + beginnings.map { $0 + "input_hint_block.0.weight" }
    return keys.contains(where: first.contains)
  }

  package func config() throws -> ConfigFile { ConfigFile(file: path, fields: fields) }

  package func readers() throws -> [any TensorReader] { [reader] }
}
