import Foundation

/// The prediction type of a checkpoint's denoiser, and how it is known.
package enum PredictionEvidence: Sendable, Hashable {
  /// `epsilon` or `v_prediction`.
  case known(String, because: String)
  /// Only a test run of the denoiser will tell: Stable Diffusion 2 exists in both kinds with equal shapes.
  case undecided

  /// diffusers' name of the prediction type; noise where nothing tells.
  package var name: String { if case .known(let name, _) = self { name } else { PublishedModel.noise } }

  package var isVelocity: Bool { name == PublishedModel.velocity }

  /// Looks at the written sources, the most telling first.
  ///
  /// - Parameters:
  ///   - reader: the checkpoint.
  ///   - config: the original yaml, if one was named; without it the one beside the file with the same name is read.
  ///   - isFirst: whether it is Stable Diffusion 1, which predicts noise.
  ///   - isPlain: whether the denoiser is given latents alone; other models predict noise.
  init(_ reader: any TensorReader, config: String?, isFirst: Bool, isPlain: Bool) {
    let written = Self.written(reader, config: config)
    if let written {
      self = written
    } else if isFirst {
      self = .known(PublishedModel.noise, because: "Stable Diffusion 1 predicts noise")
    } else if !isPlain {
      self = .known(PublishedModel.noise, because: "models that are given more than latents predict noise")
    } else {
      self = .undecided
    }
  }

  private static func written(_ reader: any TensorReader, config: String?) -> PredictionEvidence? {
    let beside = URL(fileURLWithPath: reader.file).deletingPathExtension().path + ".yaml"
    for path in [config, beside].compactMap({ $0 }) {
      if let found = parameterization(path) { return .known(found, because: "\(path) says so") }
    }
    // The field of the Stability model specification (github.com/Stability-AI/ModelSpec).
    switch reader.metadata["modelspec.prediction_type"] {
    case "epsilon": return .known(PublishedModel.noise, because: "its metadata says so")
    case "v": return .known(PublishedModel.velocity, because: "its metadata says so")
    default: break
    }
    if reader.entries["v_pred"] != nil { return .known(PublishedModel.velocity, because: "it holds the mark v_pred") }
    // diffusers' rule for the file of Stable Diffusion 2 base.
    if reader.metadata["global_step"] == "875000" {
      return .known(PublishedModel.noise, because: "it was trained for 875,000 steps, as Stable Diffusion 2 base")
    }
    return nil
  }

  /// The line `parameterization: "v"` of an LDM yaml; without one it is noise, if the file is such a yaml at all.
  private static func parameterization(_ path: String) -> String? {
    guard fileKind(path) == .file, let handle = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? handle.close() }
    guard let data = try? handle.read(upToCount: 1 << 20) else { return nil }
    let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    guard lines.contains(where: { $0.hasPrefix("unet_config:") }) else { return nil }
    let line = lines.first { $0.hasPrefix("parameterization:") }
    let value = line?.dropFirst("parameterization:".count).prefix { $0 != "#" }
      .trimmingCharacters(in: CharacterSet(charactersIn: " \"'\t"))
    return value == "v" ? PublishedModel.velocity : PublishedModel.noise
  }
}
