import Foundation
import NegativeSpaceConfiguration
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The layouts that a LoRA is written in.
package enum LoRALayout: String, Sendable, CaseIterable {
  /// kohya's scripts: names with '_' for every dot, an `alpha` for each layer. A1111, ComfyUI and diffusers read it.
  case kohya
  /// diffusers' and PEFT's names; alpha stands in the metadata.
  case diffusers
}

/// A trained LoRA, as it is written into a file.
package struct LoRAContent: Sendable {
  package let shape: LoRAShape
  /// For each network that it adds to, the matrices under the names of `LoRAWeights`.
  private let matrices: [LoRANetwork: [String: Tensor]]
  /// Notes that go with it.
  package var metadata: [String: String] = [:]

  package init(_ shape: LoRAShape, matrices: [LoRANetwork: [String: Tensor]]) {
    (self.shape, self.matrices) = (shape, matrices.filter { !$0.value.isEmpty })
  }

  /// Names of the layers of some matrices, in order.
  private static func layers(_ matrices: [String: Tensor]) -> [String] {
    let ending = LoRAWeights.down("")
    return matrices.keys.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
  }

  /// Writes a safetensors file that `LoRAFile` reads back, whole or not at all.
  ///
  /// - Throws: `TensorFileError`.
  package func write(to path: String, layout: LoRALayout) throws {
    var (tensors, metadata): ([String: Tensor], [String: String]) = ([:], metadata)
    for (network, matrices) in matrices {
      for layer in Self.layers(matrices) {
        guard let down = matrices[LoRAWeights.down(layer)], let up = matrices[LoRAWeights.up(layer)] else { continue }
        switch layout {
        case .kohya:
          let name = network.kohyaPrefix + layer.replacingOccurrences(of: ".", with: "_")
          (tensors[name + ".lora_down.weight"], tensors[name + ".lora_up.weight"]) = (down, up)
          tensors[name + ".alpha"] = Tensor([shape.alpha], shape: [])
        case .diffusers:
          let name = "\(network.component).\(layer)"
          (tensors[LoRAWeights.down(name)], tensors[LoRAWeights.up(name)]) = (down, up)
        }
      }
    }
    metadata["format"] = "pt"
    switch layout {
    case .kohya:
      metadata["ss_network_module"] = "networks.lora"
      (metadata["ss_network_dim"], metadata["ss_network_alpha"]) = ("\(shape.rank)", "\(shape.alpha)")
    case .diffusers: metadata["lora_adapter_metadata"] = adapter.text()
    }
    try TensorFile(tensors, metadata: metadata).write(to: path)
  }

  /// PEFT's configuration, network by network, as diffusers keeps it; it asks for the empty patterns, too.
  private var adapter: JSONValue {
    var fields: [String: JSONValue] = [:]
    for (network, matrices) in matrices {
      let prefix = network.component
      fields["\(prefix).rank_pattern"] = .object([:])
      fields["\(prefix).alpha_pattern"] = .object([:])
      fields["\(prefix).peft_type"] = .string("LORA")
      fields["\(prefix).r"] = .integer(shape.rank)
      fields["\(prefix).lora_alpha"] = .number(Double(shape.alpha))
      fields["\(prefix).target_modules"] = .array(Self.layers(matrices).map { .string($0) })
    }
    return .object(fields)
  }
}

extension LoRANetwork {
  /// The network's name in diffusers' pipelines.
  fileprivate var component: String { self == .textEncoder ? "text_encoder" : "unet" }

  /// What kohya's names begin with.
  fileprivate var kohyaPrefix: String { self == .textEncoder ? "lora_te_" : "lora_unet_" }
}
