/// A network saved from within PyTorch's `DistributedDataParallel`, whose tensors are all named with `module.` before them.
package struct UnwrappedReader: TensorReader {
  package let entries: [String: TensorEntry]
  private let reader: any TensorReader

  private static let prefix = "module."

  package var file: String { reader.file }
  package var metadata: [String: String] { reader.metadata }
  package var notes: [String] { reader.notes }

  private init(_ reader: any TensorReader) {
    self.reader = reader
    entries = Dictionary(
      uniqueKeysWithValues: reader.entries.map { (String($0.key.dropFirst(Self.prefix.count)), $0.value) })
  }

  /// The reader with its names as they were before the wrapping; itself where there was none.
  package static func unwrapping(_ reader: any TensorReader) -> any TensorReader {
    let names = reader.entries.keys
    return !names.isEmpty && names.allSatisfy { $0.hasPrefix(prefix) } ? UnwrappedReader(reader) : reader
  }

  package func stored(_ name: String) throws -> StoredTensor {
    guard entries[name] != nil else { throw TensorFileError.missingTensor(file: file, tensor: name) }
    return try reader.stored(Self.prefix + name)
  }

  package func spelling(of name: String) -> String { reader.spelling(of: Self.prefix + name) }
}
