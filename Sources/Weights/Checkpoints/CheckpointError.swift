/// Why a single file cannot be used as a model.
package enum CheckpointError: Error, Hashable {
  /// A file of tensors that is something else than a Stable Diffusion checkpoint.
  case notAModel(file: String, what: String)
  /// A file of tensors that is something else than a ControlNet.
  case notAControlNet(file: String, what: String)
  /// A file that lacks something that every CLIP with OpenCLIP's names has.
  case notACLIP(file: String, missing: String)
  /// A file of tensors that is something else than AnimateDiff's motion modules.
  case notAMotionAdapter(file: String, what: String)
  /// Tensors whose names fit no part of the model.
  case unknownTensors(file: String, names: [String])
  /// A part that a file does not hold, as one with the denoiser alone, and that nothing else gives.
  case missingPart(file: String, part: String)
  /// Something that shapes do not tell.
  case undecidable(file: String, what: String)
  /// No single file holds a tokenizer, and none was named.
  case noTokenizer(file: String)
}

extension CheckpointError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAModel(let file, let what):
      "\(file) holds \(what). A model is a diffusers folder, or one file of Stable Diffusion 1.x or 2.x or of VideoCrafter "
        + "with the original names (model.diffusion_model.…)."
    case .notAControlNet(let file, let what):
      "\(file) holds \(what). A ControlNet is a diffusers folder with its config.json, or one file with the names of diffusers "
        + "(controlnet_cond_embedding.…) or of its authors (control_model.…)."
    case .notACLIP(let file, let missing):
      "\(file) lacks \(missing), which every CLIP in one file has (OpenCLIP's names). A folder in transformers' layout is the "
        + "other form."
    case .notAMotionAdapter(let file, let what):
      "\(file) holds \(what). A motion adapter is a diffusers folder with its config.json (MotionAdapter), or one file of "
        + "AnimateDiff's motion modules (down_blocks.0.motion_modules.…)."
    case .unknownTensors(let file, let names):
      "\(file) holds \(names.count) tensors that belong to no known part: \(names.prefix(8).joined(separator: ", "))"
        + "\(names.count > 8 ? ", …" : ""). It is not a plain Stable Diffusion 1.x or 2.x, or VideoCrafter checkpoint."
    case .missingPart(let file, let part):
      "\(file) holds no \(part). Name the folder of a model in diffusers' layout that has what the file lacks: `config` DIR."
    case .undecidable(let file, let what):
      "\(file): the shapes do not tell \(what). Name the folder of such a model with its configurations: `config` DIR."
    case .noTokenizer(let file):
      "\(file) holds no tokenizer, as no single file does, and CLIP's is not on this machine. `make tokenizer` in this "
        + "program's source gets it once for all; or name a folder with vocab.json and merges.txt: `tokenizer` DIR (the "
        + "tokenizer folder of any Stable Diffusion model in diffusers' layout)."
    }
  }
}
