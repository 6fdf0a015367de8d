import Foundation
import NegativeSpaceConfiguration

/// The yaml beside a VideoCrafter checkpoint (`inference_t2v_512_v2.0.yaml`): facts that stand in no tensor.
struct LVDMYAML {
  /// `model.params`.
  let model: [String: JSONValue]

  /// Reads the one that was named, or the one beside the checkpoint with the same name; nil if neither is such a file.
  init?(named config: String?, beside checkpoint: String) {
    let beside = URL(fileURLWithPath: checkpoint).deletingPathExtension().path + ".yaml"
    for path in [config, beside].compactMap({ $0 }) where fileKind(path) == .file {
      guard let data = try? ConfigFile.contents(ofFile: path, limit: 1 << 20) else { continue }
      let document = YAMLSubset.value(of: String(decoding: data, as: UTF8.self))
      if case .object(let model)? = document["model"]?["params"], model["unet_config"] != nil {
        self.model = model
        return
      }
    }
    return nil
  }

  /// The denoiser's settings.
  var network: [String: JSONValue] {
    if case .object(let fields)? = model["unet_config"]?["params"] { fields } else { [:] }
  }

  /// Height and width of the latents.
  var sampleSize: JSONValue? { model["image_size"] }

  /// Factor of latents.
  var scaleFactor: JSONValue? { model["scale_factor"] }
}
