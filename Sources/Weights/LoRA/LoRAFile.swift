import Foundation
import NegativeSpaceConfiguration

/// A LoRA (arXiv:2106.09685): for some layers of a model, narrow matrices whose product is added to the layer's weight.
///
/// Names may be those of kohya's scripts, PEFT, or diffusers of any age; the file of any format. PEFT's own files take
/// factors from the `adapter_config.json` beside them.
package struct LoRAFile: Sendable {
  /// The file, or the folder that it lies in, as it was given.
  package let path: String
  /// The files that it is read from: tensors, and PEFT's configuration where that counts.
  package let files: [String]
  /// By the file's own spelling.
  let layers: [String: LoRALayer]

  /// - Throws: `LoRAError`, `TensorFileError`, `ConfigurationError`.
  package init(path: String) throws {
    let reader = try openTensorFile(Self.tensors(at: path))
    let names = reader.entries.keys.sorted()
    let configuration = try LoRAConfiguration(reader)
    if let (name, kind) = Self.unsupported(names) {
      throw LoRAError.unsupported(file: path, kind: kind, tensor: name)
    }
    var pieces: [String: [LoRAName.Piece: String]] = [:]
    var places: [String: LoRAName] = [:]
    var others: [String] = []
    // A1111 takes learned words out of such files; they are no part of the LoRA.
    for name in names where !name.hasPrefix("bundle_emb.") {
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
    var layers: [String: LoRALayer] = [:]
    for (spelling, place) in places {
      let own = pieces[spelling] ?? [:]
      // What a training left over: an alpha without matrices, matrices of no rank.
      if Set(own.keys) == [.alpha] { continue }
      if let down = own[.down], reader.entries[down]?.shape.first == 0 { continue }
      layers[spelling] = try LoRALayer(place, own, reader, configuration)
    }
    (self.path, self.layers) = (path, layers)
    files = [reader.file] + (configuration.file.map { [$0] } ?? [])
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
