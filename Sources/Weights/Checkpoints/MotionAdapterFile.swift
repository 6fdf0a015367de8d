import Foundation
package import NegativeSpaceConfiguration

/// AnimateDiff's motion modules in one file, with its authors' names (`…motion_modules.0.temporal_transformer.…`) or
/// diffusers'.
///
/// The denoiser of pictures that they were trained in, which their authors' training saves with them, is left out.
package struct MotionAdapterFile: ModelPart {
  package let path: String
  private let fields: [String: JSONValue]
  private let reader: any TensorReader

  /// A name that every such file has, in diffusers' naming.
  private static let first = "down_blocks.0.motion_modules.0.norm.weight"

  /// - Throws: `CheckpointError`, `TensorFileError`.
  package init(path: String) throws {
    self.path = path
    let reader = try openTensorFile(path)
    var origins: [String: RenamedReader.Origin] = [:]
    var leftOut = 0
    for key in reader.entries.keys {
      guard let name = Self.name(of: key) else { continue }
      if Self.isDenoisers(name) {
        leftOut += 1
      } else {
        origins[name] = .init(key: key)
      }
    }
    let notes = leftOut == 0 ? [] : ["Left out of \(path): \(leftOut) tensors of the denoiser that it was trained in."]
    let renamed = RenamedReader(reader, origins, notes: notes)
    let shapes = renamed.entries.mapValues(\.shape)
    guard shapes[Self.first] != nil else {
      throw CheckpointError.notAMotionAdapter(file: path, what: LDMTables.description(of: reader.entries.keys))
    }
    (fields, self.reader) = (Self.fields(shapes), renamed)
  }

  /// True if the names of a file's tensors are those of motion modules.
  package static func isOne(_ keys: some Sequence<String>) -> Bool { keys.contains { name(of: $0) == first } }

  package func config() throws -> ConfigFile { ConfigFile(file: path, fields: fields) }

  package func readers() throws -> [any TensorReader] { [reader] }

  /// diffusers' name; nil for the second of a block's two tables of positions, which are equal.
  private static func name(of key: String) -> String? {
    if key.hasSuffix(".attention_blocks.1.pos_encoder.pe") { return nil }
    var name = key.hasPrefix("module.") ? String(key.dropFirst("module.".count)) : key
    for (old, new) in renamings { name = name.replacingOccurrences(of: old, with: new) }
    return name
  }

  /// Whether a tensor belongs to the denoiser around the motion modules.
  private static func isDenoisers(_ name: String) -> Bool {
    let parts = ["conv_in", "time_embedding", "down_blocks", "mid_block", "up_blocks", "conv_norm_out", "conv_out"]
    return !name.contains("motion_modules.") && parts.contains { name.hasPrefix("\($0).") }
  }

  /// As in diffusers' `convert_animatediff_checkpoint_to_diffusers`, which leaves the positions out and makes them
  /// anew.
  private static let renamings = [
    (".temporal_transformer.", "."), (".attention_blocks.0.pos_encoder.", ".pos_embed."), (".norms.0.", ".norm1."),
    (".norms.1.", ".norm2."), (".ff_norm.", ".norm3."), (".attention_blocks.0.", ".attn1."),
    (".attention_blocks.1.", ".attn2."),
  ]

  /// The configuration, told by shapes.
  ///
  /// Heads are 8 and groups 32, as in everything published.
  private static func fields(_ shapes: [String: [Int]]) -> [String: JSONValue] {
    func count(_ name: (Int) -> String) -> Int { (0..<shapes.count).first { shapes[name($0)] == nil } ?? 0 }
    let blocks = count { "down_blocks.\($0).motion_modules.0.norm.weight" }
    let channels = (0..<blocks).map { shapes["down_blocks.\($0).motion_modules.0.norm.weight"]?.first ?? 0 }
    let layers = (0..<blocks).map { block in count { "down_blocks.\(block).motion_modules.\($0).norm.weight" } }
    let inside = "down_blocks.0.motion_modules.0.transformer_blocks"
    let depth = count { "\(inside).\($0).norm1.weight" }
    let middle = "mid_block.motion_modules.0"
    let middleDepth = count { "\(middle).transformer_blocks.\($0).norm1.weight" }
    let table = shapes["\(inside).0.pos_embed.pe"] ?? []
    return [
      "_class_name": .string("MotionAdapter"), "motion_num_attention_heads": .integer(8),
      "motion_norm_num_groups": .integer(32), "block_out_channels": .array(channels.map { .integer($0) }),
      "motion_layers_per_block": .array(layers.map { .integer($0) }),
      "motion_transformer_layers_per_block": .integer(depth),
      "motion_transformer_layers_per_mid_block": .integer(max(middleDepth, 1)),
      "motion_max_seq_length": .integer(table.count == 3 ? table[1] : 32),
      "use_motion_mid_block": .bool(shapes["\(middle).norm.weight"] != nil),
    ]
  }
}
