import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles
package import NegativeSpaceLayers
import NegativeSpaceNetworks
package import NegativeSpaceTensors
import NegativeSpaceWeights

/// A network of a model that was tuned, as whole weights or as a LoRA on them.
///
/// Whole weights are written as a folder that diffusers takes as its `text_encoder` or `unet`; a text encoder's is one for
/// `GenerationRequest.textEncoders`. A LoRA is one file for `GenerationRequest.loras`; a text encoder's may stand among the
/// `textEncoders` too.
public struct TunedNetwork: Sendable {
  /// The networks that can be tuned.
  public enum Network: String, Sendable, CaseIterable {
    /// The text encoder.
    case textEncoder = "text-encoder"
    /// The denoiser.
    case denoiser = "unet"
  }

  /// The layouts that a LoRA is written in.
  public enum Layout: String, Sendable, CaseIterable {
    /// kohya's: A1111, ComfyUI and diffusers read it.
    case kohya
    /// diffusers' own.
    case diffusers
  }

  /// The network.
  public let network: Network
  /// How it was tuned.
  public var provenance: EmbeddingProvenance
  /// All weights, or the matrices of a LoRA, by their names.
  package let tensors: [String: Tensor]
  /// The matrices of a LoRA of the same shape on the text encoder, which goes into the same file; none for whole weights.
  package var textEncoderTensors: [String: Tensor] = [:]
  /// The LoRA's shape; nil for whole weights.
  package let lora: LoRAShape?
  private let configuration: ConfigFile

  /// Whether it is a LoRA: one file, not a folder.
  public var isLoRA: Bool { lora != nil }

  /// - Parameters:
  ///   - tensors: under the names that the network asks for; a LoRA's under those of `LoRAWeights`.
  ///   - model: the model that it was tuned on.
  /// - Throws: errors in the model's configuration.
  package init(
    _ network: Network, tensors: [String: Tensor], lora: LoRAShape?, of model: ModelFiles,
    provenance: EmbeddingProvenance
  ) throws {
    (self.network, self.tensors, self.lora, self.provenance) = (network, tensors, lora, provenance)
    configuration = try model.source.component(network == .textEncoder ? "text_encoder" : "unet").config()
  }

  /// Writes the folder or the file, whole or not at all; of a folder that is there already its two files are replaced.
  ///
  /// - Parameter layout: of a LoRA.
  /// - Throws: `ModelError.unwritable`, `TensorFileError.unwritable`.
  public func write(to path: String, layout: Layout = .kohya) throws {
    let notes = try EmbeddingMetadata(provenance: provenance).texts()
    guard let lora else { return try writeFolder(path, notes) }
    var content = LoRAContent(
      lora,
      matrices: network == .textEncoder
        ? [.textEncoder: tensors] : [.denoiser: tensors, .textEncoder: textEncoderTensors])
    content.metadata = notes
    try content.write(to: path, layout: layout == .kohya ? .kohya : .diffusers)
  }

  private func writeFolder(_ path: String, _ notes: [String: String]) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw ModelError.unwritable(path: path, reason: systemReason(error))
    }
    let stem = network == .textEncoder ? "model" : "diffusion_pytorch_model"
    try TensorFile(tensors, metadata: notes.merging(["format": "pt"]) { $1 }).write(to: "\(path)/\(stem).safetensors")
    var fields = configuration.fields
    if network == .textEncoder {
      // A single file's encoder has no configuration of its own, and others may call themselves a whole CLIP.
      fields["architectures"] = .array([.string("CLIPTextModel")])
      fields["model_type"] = fields["model_type"] ?? .string("clip_text_model")
    }
    try OutputFile.write(JSONValue.object(fields).text(indent: 2) + "\n", to: "\(path)/config.json")
  }
}
