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
  /// The network that it adds to.
  package let network: LoRANetwork
  package let shape: LoRAShape
  /// The matrices under the names of `LoRAWeights`.
  package let matrices: [String: Tensor]
  /// Notes that go with it.
  package var metadata: [String: String] = [:]

  package init(_ network: LoRANetwork, _ shape: LoRAShape, matrices: [String: Tensor]) {
    (self.network, self.shape, self.matrices) = (network, shape, matrices)
  }

  /// Names of the layers, in order.
  private var layers: [String] {
    let ending = LoRAWeights.down("")
    return matrices.keys.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
  }

  /// Writes a safetensors file that `LoRAFile` reads back, whole or not at all.
  ///
  /// - Throws: `TensorFileError`.
  package func write(to path: String, layout: LoRALayout) throws {
    var (tensors, metadata): ([String: Tensor], [String: String]) = ([:], metadata)
    for layer in layers {
      guard let down = matrices[LoRAWeights.down(layer)], let up = matrices[LoRAWeights.up(layer)] else { continue }
      switch layout {
      case .kohya:
        let name = kohyaName(layer)
        (tensors[name + ".lora_down.weight"], tensors[name + ".lora_up.weight"]) = (down, up)
        tensors[name + ".alpha"] = Tensor([shape.alpha], shape: [])
      case .diffusers:
        let name = "\(prefix).\(layer)"
        (tensors[LoRAWeights.down(name)], tensors[LoRAWeights.up(name)]) = (down, up)
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

  /// The network's name in diffusers' pipelines.
  private var prefix: String { network == .textEncoder ? "text_encoder" : "unet" }

  private func kohyaName(_ layer: String) -> String {
    (network == .textEncoder ? "lora_te_" : "lora_unet_") + layer.replacingOccurrences(of: ".", with: "_")
  }

  /// PEFT's configuration, network by network, as diffusers keeps it; it asks for the empty patterns, too.
  private var adapter: JSONValue {
    .object([
      "\(prefix).rank_pattern": .object([:]), "\(prefix).alpha_pattern": .object([:]),
      "\(prefix).peft_type": .string("LORA"), "\(prefix).r": .integer(shape.rank),
      "\(prefix).lora_alpha": .number(Double(shape.alpha)),
      "\(prefix).target_modules": .array(layers.map { .string($0) }),
    ])
  }
}
