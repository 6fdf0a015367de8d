import Foundation
import NegativeSpaceConfiguration

/// A LoRA (arXiv:2106.09685): for some layers of a model, narrow matrices whose product is added to the layer's weight.
///
/// Names may be those of kohya's scripts, PEFT, or diffusers of any age; the file of any format.
package struct LoRAFile: Sendable {
  package let path: String
  /// By the file's own spelling.
  let layers: [String: LoRALayer]

  /// - Throws: `LoRAError`, `TensorFileError`.
  package init(path: String) throws {
    let reader = try openTensorFile(path)
    let names = reader.entries.keys.sorted()
    if let (name, kind) = Self.unsupported(names) {
      throw LoRAError.unsupported(file: path, kind: kind, tensor: name)
    }
    var pieces: [String: [LoRAName.Piece: String]] = [:]
    var places: [String: LoRAName] = [:]
    var others: [String] = []
    for name in names {
      guard let parsed = LoRAName(name) else {
        others.append(name)
        continue
      }
      pieces[parsed.spelling, default: [:]][parsed.piece] = name
      places[parsed.spelling] = parsed
    }
    guard pieces.values.contains(where: { $0[.down] != nil }) else {
      throw LoRAError.notALoRA(file: path, what: LDMTables.description(of: names))
    }
    if let other = others.first {
      throw LoRAError.unsupported(
        file: path, kind: "more than a LoRA, with \(others.count) other tensors", tensor: other)
    }
    let configuration = try LoRAConfiguration(reader)
    var layers: [String: LoRALayer] = [:]
    for (spelling, place) in places {
      layers[spelling] = try LoRALayer(place, pieces[spelling] ?? [:], reader, configuration)
    }
    (self.path, self.layers) = (path, layers)
  }

  /// Parts of names that other kinds of adapters have.
  private static let others = [
    ("dora_scale", "a DoRA"), ("lora_magnitude_vector", "a DoRA"), ("hada_w", "a LoHa"), ("lokr_w", "a LoKr"),
    ("oft_", "an OFT"), ("boft_", "a BOFT"), ("on_input", "an IA3"), ("glora_", "a GLoRA"),
    (".lora_B.bias", "a LoRA with biases"), (".diff.", "a LyCORIS of whole weights"),
    (".diff_b.", "a LyCORIS with biases"),
  ]

  private static func unsupported(_ names: [String]) -> (String, String)? {
    for (part, kind) in others {
      if let name = names.first(where: { "\($0).".contains(part) }) { return (name, kind) }
    }
    return nil
  }
}

/// The factors in PEFT's configuration, as diffusers stores it in a file's metadata.
struct LoRAConfiguration {
  private let fields: [String: JSONValue]

  /// - Throws: `LoRAError.unsupported` for what is more than a LoRA, `ConfigurationError`.
  init(_ reader: any TensorReader) throws {
    fields =
      try reader.metadata["lora_adapter_metadata"].map {
        try ConfigFile(parsing: Data($0.utf8), file: "\(reader.file) (lora_adapter_metadata)").fields
      } ?? [:]
    if let (key, _) = fields.first(where: { $0.key.hasSuffix(".use_dora") && $0.value == .bool(true) }) {
      throw LoRAError.unsupported(file: reader.file, kind: "a DoRA", tensor: key)
    }
  }

  /// The factor of a layer `spelling` of this rank; nil where nothing is said.
  func factor(_ spelling: String, rank: Int) -> Float? {
    let network = spelling.prefix { $0 != "." }
    guard var alpha = fields["\(network).lora_alpha"].flatMap(Double.init(json:)) else { return nil }
    if case .object(let pattern) = fields["\(network).alpha_pattern"] {
      // PEFT's keys are ends of names, or regular expressions of them; names alone are followed.
      for (key, value) in pattern where spelling.hasSuffix("." + key) { alpha = Double(json: value) ?? alpha }
    }
    let isStabilised = fields["\(network).use_rslora"] == .bool(true)
    return Float(alpha / (isStabilised ? Double(rank).squareRoot() : Double(rank)))
  }
}
