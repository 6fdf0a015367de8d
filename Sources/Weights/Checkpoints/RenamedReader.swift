/// Some of a file's tensors under other names: what makes one part out of a single file.
struct RenamedReader: TensorReader {
  /// A tensor of the file, or some of its rows.
  struct Origin: Sendable {
    let key: String
    var rows: Range<Int>?
    /// Whether a matrix is stored transposed.
    var isTransposed = false
  }

  let entries: [String: TensorEntry]
  let notes: [String]
  private let origins: [String: Origin]
  private let reader: any TensorReader

  var file: String { reader.file }
  var metadata: [String: String] { reader.metadata }

  /// - Parameter notes: what of the file is left out, a sentence each.
  init(_ reader: any TensorReader, _ origins: [String: Origin], notes: [String] = []) {
    (self.reader, self.origins, self.notes) = (reader, origins, notes)
    entries = origins.compactMapValues { origin in
      guard let entry = reader.entries[origin.key] else { return nil }
      let shape = origin.rows.map { [$0.count] + entry.shape.dropFirst() } ?? entry.shape
      return TensorEntry(
        type: entry.type, shape: origin.isTransposed ? shape.reversed() : shape, blocks: entry.blocks)
    }
  }

  func stored(_ name: String) throws -> StoredTensor {
    guard let origin = origins[name] else { throw TensorFileError.missingTensor(file: file, tensor: name) }
    let whole = try reader.stored(origin.key)
    let part = origin.rows.map { whole.rows($0) } ?? whole
    return origin.isTransposed ? part.transposed : part
  }

  func spelling(of name: String) -> String { origins[name]?.key ?? name }
}
