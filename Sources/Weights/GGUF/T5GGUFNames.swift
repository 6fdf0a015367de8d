import Foundation

/// transformers' names of T5's tensors for those that llama.cpp gives them (`enc.blk.0.attn_q.weight`), as gguf's
/// `tensor_mapping.py` pairs them.
struct T5GGUFNames {
  /// Whether the feed-forward layers have gates: `wi_0` and `wi_1` in place of `wi`.
  private let isGated: Bool

  private static let stacks = ["enc": "encoder", "dec": "decoder"]
  private static let ends = ["token_embd": "shared", "output": "lm_head"]
  private static let attention = ["q": "q", "k": "k", "v": "v", "o": "o", "rel_b": "relative_attention_bias"]

  /// - Returns: nil if the names are not llama.cpp's for a T5.
  init?(_ names: [String]) {
    guard names.contains("enc.blk.0.attn_q.weight") else { return nil }
    isGated = names.contains("enc.blk.0.ffn_gate.weight")
  }

  /// The name in transformers; nil for one that is not known.
  func callAsFunction(_ name: String) -> String? {
    let parts = name.components(separatedBy: ".")
    guard parts.last == "weight" else { return nil }
    if parts.count == 2 { return Self.ends[parts[0]].map { "\($0).weight" } }
    guard let stack = Self.stacks[parts[0]] else { return nil }
    if parts.count == 3 { return parts[1] == "output_norm" ? "\(stack).final_layer_norm.weight" : nil }
    guard parts.count == 5, parts[1] == "blk", let layer = layer(parts[3], isDecoder: parts[0] == "dec") else {
      return nil
    }
    return "\(stack).block.\(parts[2]).layer.\(layer).weight"
  }

  private func layer(_ name: String, isDecoder: Bool) -> String? {
    let last = isDecoder ? 2 : 1
    switch name {
    case "attn_norm": return "0.layer_norm"
    case "cross_attn_norm": return "1.layer_norm"
    case "ffn_norm": return "\(last).layer_norm"
    case "ffn_gate": return "\(last).DenseReluDense.wi_0"
    case "ffn_up": return "\(last).DenseReluDense.\(isGated ? "wi_1" : "wi")"
    case "ffn_down": return "\(last).DenseReluDense.wo"
    default:
      for (beginning, place) in [("attn_", "0.SelfAttention"), ("cross_attn_", "1.EncDecAttention")]
      where name.hasPrefix(beginning) {
        return Self.attention[String(name.dropFirst(beginning.count))].map { "\(place).\($0)" }
      }
      return nil
    }
  }
}
