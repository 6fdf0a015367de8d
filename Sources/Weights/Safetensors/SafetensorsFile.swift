/// A safetensors file, memory-mapped; its whole header is checked when it is opened.
package struct SafetensorsFile: TensorReader {
  package let entries: [String: TensorEntry]
  package let metadata: [String: String]
  private let places: [String: SafetensorsHeader.Place]
  private let mapping: MappedFile

  package var file: String { mapping.path }

  /// - Throws: `TensorFileError`.
  package init(path: String) throws { try self.init(MappedFile(path: path)) }

  init(_ mapping: MappedFile) throws {
    self.mapping = mapping
    let header = try SafetensorsHeader(mapping.bytes, file: mapping.path)
    places = header.places
    entries = header.places.mapValues(\.entry)
    metadata = header.metadata
  }

  package func stored(_ name: String) throws -> StoredTensor {
    guard let place = places[name] else { throw TensorFileError.missingTensor(file: file, tensor: name) }
    return StoredTensor(
      entry: place.entry, bytes: UnsafeRawBufferPointer(rebasing: mapping.bytes[place.bytes]), owner: mapping)
  }
}
