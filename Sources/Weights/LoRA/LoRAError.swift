/// Why a LoRA cannot be used.
package enum LoRAError: Error, Hashable {
  /// A file of tensors without a LoRA among them.
  case notALoRA(file: String, what: String)
  /// A kind of adapter that is not a product of narrow matrices, or does more than add one.
  case unsupported(file: String, kind: String, tensor: String)
  /// A layer whose tensors contradict each other, or are not all there.
  case malformed(file: String, layer: String, reason: String)
  /// Layers that the model does not have, or has in other sizes: all of them.
  case mismatch(file: String, model: String, layers: Int, unknown: [String], misshapen: [WeightMismatch.Misshapen])
}

extension LoRAError: CustomStringConvertible {
  /// The facts, all layers by their names unless they are very many, and what to do.
  package var description: String {
    switch self {
    case .notALoRA(let file, let what):
      return "\(file) holds \(what). A LoRA has tensors named lora_down and lora_up, lora_A and lora_B, or lora.down "
        + "and lora.up."
    case .unsupported(let file, let kind, let tensor):
      return "\(file) is \(kind) (\(tensor)), which is not supported. Use a plain LoRA or LoCon."
    case .malformed(let file, let layer, let reason): return "\(file): \(layer) \(reason). The file is damaged."
    case .mismatch(let file, let model, let layers, let unknown, let misshapen):
      let count = unknown.count + misshapen.count
      var lines = ["\(file) does not fit \(model): \(count) of its \(layers) layers do not match."]
      func list(_ title: String, _ items: [String]) {
        guard !items.isEmpty else { return }
        lines.append("  \(title) (\(items.count)):")
        lines += items.prefix(Self.listed).map { "    \($0)" }
        if items.count > Self.listed { lines.append("    … and \(items.count - Self.listed) more") }
      }
      list("not in the model", unknown)
      list("of another size", misshapen.map { "\($0.name): the model's is \($0.expected), it is for \($0.found)" })
      lines.append("It was made for another architecture\(Self.guess(unknown)). Nothing of it was used.")
      return lines.joined(separator: "\n")
    }
  }

  /// Most layers of a kind that are named.
  private static let listed = 24

  /// The architecture told by the names of layers that no model here has.
  private static func guess(_ unknown: [String]) -> String {
    let known = [
      ("lora_te2_", "Stable Diffusion XL"), ("text_encoder_2.", "Stable Diffusion XL"),
      ("double_blocks", "Flux"), ("single_transformer_blocks", "Flux"), ("joint_blocks", "Stable Diffusion 3"),
      ("motion_modules", "AnimateDiff, which needs `motion_adapter`"),
    ]
    return known.first { part, _ in unknown.contains { $0.contains(part) } }.map { ", by its names \($0.1)" } ?? ""
  }
}
