package import NegativeSpaceConfiguration

/// An autoencoder alone in one file with its authors' names, as `vae-ft-mse-840000-ema-pruned` is published.
///
/// A whole checkpoint serves, too: what is not of its autoencoder is left out.
package struct AutoencoderFile: ModelPart {
  package let path: String
  private let fields: [String: JSONValue]
  private let reader: any TensorReader

  /// Beginnings of names in checkpoints, and in files of the autoencoder alone.
  private static let beginnings = [LDMTables.autoencoder, ""]

  /// True if a file has an autoencoder's names, its authors' or diffusers', and no denoiser beside it.
  package static func isOne(_ keys: some Collection<String>) -> Bool {
    let firsts = beginnings.map { $0 + "decoder.conv_in.weight" }
    return keys.contains(where: firsts.contains) && !keys.contains(LDMTables.unet + "input_blocks.0.0.weight")
  }

  /// - Returns: nil for a file that has no such names.
  /// - Throws: `CheckpointError`.
  package init?(_ reader: any TensorReader) throws {
    let shapes = reader.entries.mapValues(\.shape)
    guard let beginning = Self.beginnings.first(where: { shapes[$0 + "decoder.up.0.block.0.conv1.weight"] != nil })
    else { return nil }
    path = reader.file
    let own = shapes.keys.filter { key in
      key.hasPrefix(beginning) && LDMTables.harmless(LDMTables.autoencoder + key.dropFirst(beginning.count)) == nil
    }.sorted()
    let layout = try LDMAutoencoderLayout(
      Dictionary(uniqueKeysWithValues: own.map { (String($0.dropFirst(beginning.count)), shapes[$0] ?? []) }),
      side: 512, file: path)
    var origins: [String: RenamedReader.Origin] = [:]
    for key in own {
      // Tensors without another name keep their own, so that they are reported as not asked for.
      origins[layout.renaming(String(key.dropFirst(beginning.count))) ?? key] = .init(key: key)
    }
    (fields, self.reader) = (layout.fields, RenamedReader(reader, origins))
  }

  package func config() throws -> ConfigFile { ConfigFile(file: path, fields: fields) }

  package func readers() throws -> [any TensorReader] { [reader] }
}
