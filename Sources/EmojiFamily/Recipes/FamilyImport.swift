import Foundation
import NegativeSpaceConfiguration
import NegativeSpaceFiles
import NegativeSpaceNetworks
import NegativeSpaceTensors
import NegativeSpaceTraining
import NegativeSpaceWeights

/// Turns the folders in `Models/` back into runs, so that training goes on where the shipped weights are.
///
/// The inverse of `FamilyExport`, but for what it does not write: the optimiser's moments are zero and steps count from
/// 0.
package struct FamilyImport {
  private let folder: String
  private let runs: String

  package init(from folder: String, into runs: String) { (self.folder, self.runs) = (folder, runs) }

  /// Writes a checkpoint for every shipped part that has none yet.
  ///
  /// - Returns: the parts written.
  package func write() throws -> [FamilyPart] {
    try FamilyPart.allCases.filter { part in
      guard let source = shipped(part), FileManager.default.fileExists(atPath: source) else { return false }
      let target = "\(runs)/\(part.rawValue)"
      guard !FileManager.default.fileExists(atPath: present(part, in: target)) else { return false }
      try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
      switch part {
      case .tokenizer: try tokenizer(from: source, to: target)
      case .autoencoder: try autoencoder(from: source, to: target)
      case .clip, .words, .judge, .reward, .image, .controlNet, .video, .motion, .lvdm:
        try checkpoint(from: source, to: target)
      }
      return true
    }
  }

  /// Path at which a part ships.
  private func shipped(_ part: FamilyPart) -> String? {
    switch part {
    case .tokenizer: folder + "/emoji-image/tokenizer"
    case .autoencoder: folder + "/emoji-image/vae/diffusion_pytorch_model.safetensors"
    case .clip: folder + "/emoji-clip/model.safetensors"
    // They are in CLIP's table.
    case .words: nil
    case .judge: folder + "/emoji-judge/judge.safetensors"
    case .reward: folder + "/emoji-reward/quality.safetensors"
    case .image: folder + "/emoji-image/unet/diffusion_pytorch_model.safetensors"
    case .controlNet: folder + "/emoji-controlnet/diffusion_pytorch_model.safetensors"
    case .video: folder + "/emoji-video/unet/diffusion_pytorch_model.safetensors"
    case .motion: folder + "/emoji-motion/diffusion_pytorch_model.safetensors"
    case .lvdm: folder + "/emoji-lvdm/unet/diffusion_pytorch_model.safetensors"
    }
  }

  /// The file by which a run is known to have begun.
  private func present(_ part: FamilyPart, in target: String) -> String {
    part == .tokenizer ? target + "/vocab.json" : TrainingCheckpoint(folder: target).path
  }

  private func checkpoint(from source: String, to target: String) throws {
    let tensors = try TensorFile(path: source).tensors
    try TrainingCheckpoint(folder: target).save(tensors.mapValues { Parameter($0) }, step: 0)
  }

  /// The scale of the latents belongs to these weights: denoisers have learned with it.
  private func autoencoder(from source: String, to target: String) throws {
    let path = URL(fileURLWithPath: source).deletingLastPathComponent().appending(path: "config.json")
    let configuration: AutoencoderKLConfiguration = try ConfigFile(path: path.path).decode()
    try FamilyRuns.write(scalingFactor: configuration.scalingFactor, in: target)
    try checkpoint(from: source, to: target)
  }

  private func tokenizer(from source: String, to target: String) throws {
    for name in FamilyRuns.tokenizerFiles {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(source)/\(name)"))
      try OutputFile.write(data, to: "\(target)/\(name)")
    }
  }
}
