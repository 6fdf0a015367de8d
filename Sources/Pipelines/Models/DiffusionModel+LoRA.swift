import Foundation
import NegativeSpaceWeights

/// LoRAs, which change a model's weights for as long as requests name them.
extension DiffusionModel {
  /// Takes the LoRAs that a request names; networks that they change, or changed so far, are read anew when they are needed.
  ///
  /// - Returns: the same with the files' hashes.
  /// - Throws: `LoRAError`, `TensorFileError`, `ModelError` for a file that is not what it was; the ones before are then kept.
  func useLoRAs(_ files: [FileReference]) throws -> [FileReference] {
    let used = loras?.files ?? []
    if files.map(\.path) == used.map(\.path), files.map(\.weight) == used.map(\.weight) {
      for (asked, own) in zip(files, used) {
        guard let expected = asked.sha256, let found = own.sha256, expected != found else { continue }
        throw ModelError.changedFile(path: asked.path, expected: expected, found: found)
      }
      return used
    }
    let hashed = try files.map { try $0.hashed() }
    var merge = LoRAMerge(try loraParts())
    for file in files { try merge.add(LoRAFile(path: file.path), scale: Float(file.weight ?? 1), to: path) }
    let before = loras?.merge
    func isChanged(_ network: LoRANetwork) -> Bool { merge.changes(network) || before?.changes(network) == true }
    if isChanged(.denoiser) || isChanged(.motion) { loadedDenoiser = nil }
    if isChanged(.textEncoder) { loadedPromptEncoder = nil }
    loras = files.isEmpty ? nil : (hashed, merge)
    return hashed
  }

  private func loraParts() throws -> [LoRANetwork: [any TensorReader]] {
    [
      .denoiser: try source.component("unet").readers(), .textEncoder: try source.component("text_encoder").readers(),
      .motion: try motion?.part.readers() ?? [],
    ]
  }

  /// Whose text space it is: the model's, with the LoRAs that change its text encoder.
  ///
  /// The space itself is told by a probe of the encoder as it is in use; a LoRA makes another encoder.
  var textSpaceName: String {
    let name = URL(fileURLWithPath: path).lastPathComponent
    guard let loras, loras.merge.changes(.textEncoder) else { return name }
    let files = loras.files.map { file in
      URL(fileURLWithPath: file.path).lastPathComponent + (file.weight.map { String(format: ":%g", $0) } ?? "")
    }
    return ([name] + files).joined(separator: " + ")
  }
}
