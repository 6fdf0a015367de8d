import Foundation
import NegativeSpaceConfiguration

/// PEFT's configuration of a LoRA: what it says about factors.
///
/// diffusers stores it in a file's metadata, network by network; PEFT itself in the file `adapter_config.json` beside
/// its tensors.
struct LoRAConfiguration {
  /// PEFT's own file; nil where there is none, or where the metadata has the configuration.
  let file: String?
  private let fields: [String: JSONValue]
  /// Whether a layer's network stands before every key: `unet.lora_alpha`.
  private let isByNetwork: Bool
  /// Keys of `alpha_pattern` in the order in which they stand, by the key of the pattern.
  private let order: [String: [String]]

  /// The beginning of all names that PEFT itself writes.
  private static let beginning = "base_model.model."

  /// - Throws: `LoRAError.unsupported` for what is more than a LoRA, `ConfigurationError`.
  init(_ reader: any TensorReader) throws {
    let config: ConfigFile?
    var text = Data()
    if let metadata = reader.metadata["lora_adapter_metadata"] {
      text = Data(metadata.utf8)
      config = try ConfigFile(parsing: text, file: "\(reader.file) (lora_adapter_metadata)")
      (file, isByNetwork) = (nil, true)
    } else {
      let path = Self.file(beside: reader)
      if let path { text = try ConfigFile.contents(ofFile: path, limit: 16 << 20) }
      config = try path.map { try ConfigFile(parsing: text, file: $0) }
      (file, isByNetwork) = (config?.file, false)
    }
    fields = config?.fields ?? [:]
    order = config == nil ? [:] : JSONKeyOrder.keys(in: text)
    guard config != nil else { return }
    if let (key, kind) = Self.unsupported(fields) {
      throw LoRAError.unsupported(file: file ?? reader.file, kind: kind, tensor: key)
    }
  }

  /// PEFT's file, if the tensors beside it are PEFT's: another program's in the same folder have nothing to do with it.
  private static func file(beside reader: any TensorReader) -> String? {
    let url = URL(fileURLWithPath: reader.file)
    let isPEFTs =
      url.lastPathComponent.hasPrefix("adapter_model.") || reader.entries.keys.allSatisfy { $0.hasPrefix(beginning) }
    let path = url.deletingLastPathComponent().appending(path: "adapter_config.json").path
    return isPEFTs && fileKind(path) == .file ? path : nil
  }

  /// The key that says that it is another kind of adapter, and which.
  private static func unsupported(_ fields: [String: JSONValue]) -> (key: String, kind: String)? {
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
      switch (key.split(separator: ".").last ?? "", value) {
      case ("use_dora", .bool(true)): return (key, "a DoRA")
      case ("lora_bias", .bool(true)): return (key, "a LoRA with biases")
      case ("peft_type", .string(let name)) where name.uppercased() != "LORA":
        return (key, kinds[name.uppercased()] ?? "an adapter of the type \(name)")
      case ("init_lora_weights", .string(let name))
      where residual.contains { name.lowercased().hasPrefix($0) }:
        return (key, "a LoRA on weights that \(name) has changed")
      default: continue
      }
    }
    return nil
  }

  private static let kinds = ["LOHA": "a LoHa", "LOKR": "a LoKr", "OFT": "an OFT", "BOFT": "a BOFT", "IA3": "an IA3"]
  /// Beginnings that take their share out of the model's own weights, which are not these any more then.
  private static let residual = ["pissa", "olora", "corda", "loftq", "lora_ga"]

  /// The factor of a layer `spelling` of this rank; nil where nothing is said.
  ///
  /// The rank is that of the matrices, which `r` and `rank_pattern` only repeat.
  func factor(_ spelling: String, rank: Int) -> Float? {
    let network = isByNetwork ? spelling.prefix { $0 != "." } + "." : ""
    // PEFT leaves out nothing, but who writes the file by hand has PEFT's default.
    let isConfigured = fields.keys.contains { $0.hasPrefix(network) }
    guard isConfigured else { return nil }
    var alpha = fields["\(network)lora_alpha"].flatMap(Double.init(json:)) ?? Self.usualAlpha
    if case .object(let pattern) = fields["\(network)alpha_pattern"] {
      let layer = spelling.hasPrefix(Self.beginning) ? String(spelling.dropFirst(Self.beginning.count)) : spelling
      // PEFT takes the first that matches.
      if let key = (order["\(network)alpha_pattern"] ?? []).first(where: { Self.matches(layer, $0) }) {
        alpha = Double(json: pattern[key] ?? .null) ?? alpha
      }
    }
    let isStabilised = fields["\(network)use_rslora"] == .bool(true)
    return Float(alpha / (isStabilised ? Double(rank).squareRoot() : Double(rank)))
  }

  /// PEFT's `lora_alpha` where none is given.
  private static let usualAlpha = 8.0

  /// Whether a pattern is the end of a layer's name: a plain name, or a regular expression (PEFT's `get_pattern_key`).
  private static func matches(_ layer: String, _ pattern: String) -> Bool {
    if layer == pattern || layer.hasSuffix("." + pattern) { return true }
    guard pattern.contains(where: { "\\^$*+?()[]{}|".contains($0) }),
      let expression = try? Regex("(?:.*\\.)?(?:\(pattern))")
    else { return false }
    return (try? expression.wholeMatch(in: layer)) != nil
  }
}
