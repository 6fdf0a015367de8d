/// A file whose names have in them what a training put around its model, without that.
struct UnwrappedReader: TensorReader {
  /// Attributes that hold the model at the front of a name: of PyTorch's DataParallel, and of DeepSpeed in Lightning.
  private static let wrappers: Set<Substring> = ["module", "_forward_module"]
  /// torch.compile's, wherever a compiled part begins.
  private static let compiled: Substring = "_orig_mod"

  let entries: [String: TensorEntry]
  private let reader: any TensorReader
  private let names: [String: String]

  var file: String { reader.file }
  var metadata: [String: String] { reader.metadata }
  var notes: [String] { reader.notes }

  /// - Returns: nil for a file that has none, or in which two tensors would then be called alike.
  init?(_ reader: any TensorReader) {
    var names: [String: String] = [:]
    let nested = Self.isNested(reader.entries.keys) ? "model." : ""
    for name in reader.entries.keys {
      let plain = Self.plain(name.hasPrefix(nested) ? String(name.dropFirst(nested.count)) : name)
      guard names.updateValue(name, forKey: plain) == nil else { return nil }
    }
    guard names.contains(where: { $0.key != $0.value }) else { return nil }
    entries = names.compactMapValues { reader.entries[$0] }
    (self.reader, self.names) = (reader, names)
  }

  private static func plain(_ name: String) -> String {
    guard name.contains("module.") || name.contains(compiled) else { return name }
    var parts = name.split(separator: ".", omittingEmptySubsequences: false)[...]
    while parts.count > 1, let first = parts.first, wrappers.contains(first) || first == compiled {
      parts.removeFirst()
    }
    return parts.filter { $0 != compiled }.joined(separator: ".")
  }

  /// Whether a whole Stable Diffusion lies under `model`.
  private static func isNested(_ names: some Collection<String>) -> Bool {
    names.contains { $0.hasPrefix("model.model.diffusion_model.") || $0.hasPrefix("model.first_stage_model.") }
  }

  func spelling(of name: String) -> String { reader.spelling(of: names[name] ?? name) }

  func stored(_ name: String) throws -> StoredTensor {
    guard let own = names[name] else { throw TensorFileError.missingTensor(file: file, tensor: name) }
    return try reader.stored(own)
  }
}
