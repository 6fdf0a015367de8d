/// An error in a model or in a file that a request names, beyond those that the readers of files find.
public enum ModelError: Error, Hashable {
  /// Nothing is at the path, or it cannot be read; `reason` is the system's.
  case unreadable(path: String, reason: String)
  /// A file or folder cannot be made; `reason` is the system's.
  case unwritable(path: String, reason: String)
  /// The model makes something else than the command asks for.
  case wrongKind(path: String, makes: String, hint: String)
  /// The path is a file where a folder is expected.
  case notAFolder(path: String)
  /// A pipeline or a part of a class that is not known here.
  case unknownClass(path: String, what: String, found: String, known: [String])
  /// Two parts that do not fit together.
  case mismatch(path: String, one: String, other: String)
  /// No model was named and none was found.
  case noDefaultModel(name: String, lookedIn: [String])
  /// A name of the hub that is no path, and not in the hub's cache on this machine.
  case notInHub(name: String, cache: String?)
  /// A file has other content than when it was used first.
  case changedFile(path: String, expected: String, found: String)
  /// A tensor that is not there, among those that are.
  case missingTensor(path: String, name: String, available: [String], hint: String)
  /// A tensor of another shape than it has to have.
  case wrongShape(path: String, name: String, found: [Int], expected: String)
  /// A tensor with a value that is NaN or infinite.
  case notFinite(path: String, name: String)
  /// Latents of a picture were asked for, of an autoencoder that can only decode.
  case noEncoder
  /// A file that is no autoencoder of a known layout.
  case notAnAutoencoder(path: String, found: String)
  /// A network's output with a value that is NaN or infinite.
  case brokenOutput(what: String)
}

extension ModelError: CustomStringConvertible {
  /// One sentence with the facts, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path) cannot be read: \(reason)."
    case .unwritable(let path, let reason):
      "\(path) cannot be written: \(reason)."
    case .wrongKind(let path, let makes, let hint):
      "\(path) is \(makes == "image" ? "an" : "a") \(makes) model. Use \(hint)."
    case .notAFolder(let path):
      "\(path) is a file; expected a folder in diffusers' layout, with model_index.json in it."
    case .unknownClass(let path, let what, let found, let known):
      "\(path): the \(what) is a \(found), which is not known here; known: \(known.joined(separator: ", "))."
    case .mismatch(let path, let one, let other):
      "\(path): \(one), but \(other). The parts do not belong to one model."
    case .noDefaultModel(let name, let lookedIn):
      "There is no model \(name) in \(lookedIn.joined(separator: ", ")). Name one with \(field: .model), or set NEGSPACE_MODELS "
        + "to the folder that holds \(name)."
    case .notInHub(let name, let cache):
      "There is no file or folder \(name), and no model of this name in the hub's cache"
        + "\(cache.map { " (\($0))" } ?? ""). To get it:\n  hf download \(name)\(HubFiles.wanted(of: name))"
    case .changedFile(let path, let expected, let found):
      "\(path) has changed: its SHA-256 was \(expected.prefix(12))… and is \(found.prefix(12))…. Put the old file back."
    case .missingTensor(let path, let name, let available, let hint):
      "\(path) has no tensor \(name); it has \(available.isEmpty ? "none" : available.prefix(12).joined(separator: ", ")). "
        + hint
    case .wrongShape(let path, let name, let found, let expected):
      "\(path): \(name) has the shape \(found), expected \(expected)."
    case .notFinite(let path, let name):
      "\(path): \(name) holds NaN or infinity. The file is damaged."
    case .noEncoder:
      "The autoencoder of \(field: .vae) can only decode; starting from a picture needs its encoder too. For TAESD, put the file "
        + "taesd_encoder.safetensors beside taesd_decoder.safetensors."
    case .notAnAutoencoder(let path, let found):
      "\(path) is no autoencoder in a layout that is known here: it holds \(found). Expected a diffusers folder, or a file "
        + "with diffusers' keys or those of taesd_decoder."
    case .brokenOutput(let what):
      "\(what) is NaN or infinite. Check the weights, or compute with \(field: .dtype) float32."
    }
  }
}
