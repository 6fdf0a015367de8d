/// A file in which all names begin with what a training put around its model, without those beginnings.
struct UnwrappedReader: TensorReader {
  /// Attributes that hold the model: of PyTorch's DataParallel, of DeepSpeed in Lightning, and of torch.compile.
  private static let wrappers = ["module.", "_forward_module.", "_orig_mod."]

  let entries: [String: TensorEntry]
  private let reader: any TensorReader
  private let beginning: String

  var file: String { reader.file }
  var metadata: [String: String] { reader.metadata }
  var notes: [String] { reader.notes }

  /// - Returns: nil for a file that has none.
  init?(_ reader: any TensorReader) {
    var beginning = ""
    let first = reader.entries.keys.min() ?? ""
    while let next = Self.wrappers.first(where: { first.dropFirst(beginning.count).hasPrefix($0) }) {
      beginning += next
    }
    guard !beginning.isEmpty, reader.entries.keys.allSatisfy({ $0.hasPrefix(beginning) }) else { return nil }
    entries = [String: TensorEntry](
      uniqueKeysWithValues: reader.entries.map { (String($0.key.dropFirst(beginning.count)), $0.value) })
    (self.reader, self.beginning) = (reader, beginning)
  }

  func spelling(of name: String) -> String { reader.spelling(of: beginning + name) }

  func stored(_ name: String) throws -> StoredTensor {
    guard entries[name] != nil else { throw TensorFileError.missingTensor(file: file, tensor: name) }
    return try reader.stored(beginning + name)
  }
}
