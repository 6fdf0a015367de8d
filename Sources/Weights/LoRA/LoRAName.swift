import Foundation

/// The name of a tensor in a LoRA's file, taken apart.
struct LoRAName {
  /// The role of a tensor in its layer.
  enum Piece: Hashable {
    case down, up, mid, alpha
  }

  let piece: Piece
  /// The layer as the file spells it, for messages and to put its tensors together.
  let spelling: String
  /// The networks that the layer may be in, the likeliest first.
  let networks: [LoRANetwork]
  /// The layer's name in diffusers' or in the original naming, with '_' for every dot.
  let layer: String

  /// Ends of names, the longer ones first where one ends with another.
  private static let endings: [(String, Piece)] = [
    // kohya's scripts and LyCORIS
    (".lora_down.weight", .down), (".lora_up.weight", .up), (".lora_mid.weight", .mid),
    // PEFT, in files of diffusers without the adapter's name
    (".lora_A.weight", .down), (".lora_B.weight", .up), (".lora_A.default.weight", .down),
    (".lora_B.default.weight", .up),
    // diffusers 0.15 to 0.21 and before
    (".lora_linear_layer.down.weight", .down), (".lora_linear_layer.up.weight", .up), (".lora.down.weight", .down),
    (".lora.up.weight", .up), ("_lora.down.weight", .down), ("_lora.up.weight", .up),
  ]

  /// Beginnings that say which network it is; those that name no network here lead to no layer.
  private static let beginnings: [(String, [LoRANetwork])] = [
    ("lora_unet_", [.denoiser, .motion]), ("lora_te_", [.textEncoder]), ("lora_te1_", [.textEncoder]),
    ("unet.", [.denoiser, .motion]), ("text_encoder.", [.textEncoder]), ("diffusion_model.", [.denoiser]),
    ("base_model.model.", LoRANetwork.allCases), ("module.", LoRANetwork.allCases),
  ]

  /// - Returns: nil for a tensor that is no LoRA's.
  init?(_ name: String) {
    let spelling: String
    if let (ending, piece) = Self.endings.first(where: { name.hasSuffix($0.0) }) {
      (spelling, self.piece) = (String(name.dropLast(ending.count)), piece)
    } else if name.hasSuffix(".alpha") {
      let rest = String(name.dropLast(".alpha".count))
      let ending = Self.endings.first { rest.hasSuffix($0.0) }?.0 ?? ""
      (spelling, piece) = (String(rest.dropLast(ending.count)), .alpha)
    } else {
      return nil
    }
    self.spelling = spelling
    let beginning = Self.beginnings.first { spelling.hasPrefix($0.0) }
    networks = beginning?.1 ?? LoRANetwork.allCases
    layer = Self.flat(String(spelling.dropFirst(beginning?.0.count ?? 0)))
  }

  /// Names of diffusers 0.14 and of AnimateDiff's own code as today's, dots as '_'.
  private static func flat(_ name: String) -> String {
    var parts = name.split(separator: ".").map(String.init)
    parts.removeAll { $0 == "processor" || $0 == "temporal_transformer" }
    if let last = parts.last {
      if parts.contains("self_attn") {
        let old = ["to_q": "q_proj", "to_k": "k_proj", "to_v": "v_proj", "to_out": "out_proj"]
        parts[parts.count - 1] = old[last] ?? last
      } else if last == "to_out" {
        parts.append("0")
      }
    }
    return parts.joined(separator: "_").replacingOccurrences(of: "attention_blocks_0", with: "attn1")
      .replacingOccurrences(of: "attention_blocks_1", with: "attn2")
  }
}

/// The networks that LoRAs add to.
package enum LoRANetwork: Sendable, Hashable, CaseIterable {
  case denoiser
  /// AnimateDiff's layers along time, whose files are not the denoiser's.
  case motion
  case textEncoder
}
