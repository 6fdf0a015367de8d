/// A file that `torch.save` wrote, memory-mapped; no code in it is ever run.
///
/// Such files end in `.bin`, `.pt`, `.pth` or `.ckpt`. Names are the dotted keys of nested dictionaries; a `state_dict`
/// at the top is taken for the whole. Tensors are read when they are asked for; views of a storage (transposed, sliced,
/// shared) are copied together then.
package struct TorchFile: TensorReader {
  package let entries: [String: TensorEntry]
  package let metadata: [String: String]
  package let notes: [String]
  private let places: [String: Place]
  private let mapping: MappedFile

  private struct Place {
    let entry: TensorEntry
    /// The storage's bytes in the file.
    let storage: Range<Int>
    /// In elements, as the strides.
    let offset: Int
    let strides: [Int]
  }

  package var file: String { mapping.path }

  /// - Throws: `TensorFileError`.
  package init(path: String) throws { try self.init(MappedFile(path: path)) }

  init(_ mapping: MappedFile) throws {
    let bytes = mapping.bytes
    let contents: TorchContents
    do {
      contents =
        try bytes.starts(with: ZipDirectory.signature)
        ? TorchContents(archive: bytes, file: mapping.path) : TorchContents(legacy: bytes, file: mapping.path)
    } catch let failure as ByteFailure {
      throw TensorFileError.damaged(
        file: mapping.path, format: "PyTorch file", reason: failure.reason, byte: failure.byte)
    }
    var places: [String: Place] = [:]
    var unread: [String] = []
    for (name, tensor) in contents.tree.tensors {
      if let type = tensor.type {
        places[name] = try Self.place(of: tensor, type, in: contents.storages, name: name, file: mapping.path)
      } else {
        unread.append("\(name) (\(tensor.typeName))")
      }
    }
    self.mapping = mapping
    self.places = places
    entries = places.mapValues(\.entry)
    metadata = contents.tree.metadata
    let note = "Tensors of types that are not known here: \(unread.sorted().prefix(20).joined(separator: ", "))."
    notes = contents.tree.notes + (unread.isEmpty ? [] : [note])
  }

  /// Checks that every element is within the storage before anything is allocated for it.
  private static func place(
    of tensor: TorchTensor, _ type: ElementType, in storages: [String: Range<Int>], name: String, file: String
  ) throws(TensorFileError) -> Place {
    func malformed(_ reason: String) -> TensorFileError { .malformedTensor(file: file, tensor: name, reason: reason) }
    let storage = tensor.storage
    guard let whole = storages[storage.key] else { throw malformed("its storage \(storage.key.prefix(40)) is missing") }
    let unit = storage.type?.byteCount ?? 1
    let (start, startOverflow) = storage.offset.multipliedReportingOverflow(by: unit)
    let (size, sizeOverflow) = storage.count.multipliedReportingOverflow(by: unit)
    guard !startOverflow, !sizeOverflow, start <= whole.count, size <= whole.count - start else {
      throw malformed("its storage should have \(storage.count) elements and has \(whole.count) bytes")
    }
    let available = size / type.byteCount
    guard let needed = TensorEntry.byteCount(tensor.shape, type), needed / type.byteCount <= available else {
      throw malformed("the shape \(tensor.shape.prefix(8)) is beyond its storage of \(available) elements")
    }
    var last = tensor.offset
    for (size, stride) in zip(tensor.shape, tensor.strides) where needed > 0 {
      let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflow) = last.addingReportingOverflow(reach)
      guard !overflow, !sumOverflow else { throw malformed("strides of \(tensor.strides.prefix(8))") }
      last = sum
    }
    guard needed == 0 || last < available else {
      throw malformed("its elements reach to \(last) in a storage of \(available)")
    }
    let place = whole.lowerBound + start
    return Place(
      entry: TensorEntry(type: type, shape: tensor.shape), storage: place..<place + size,
      offset: needed == 0 ? 0 : tensor.offset, strides: tensor.strides)
  }

  package func stored(_ name: String) throws -> StoredTensor {
    guard let place = places[name] else { throw TensorFileError.missingTensor(file: file, tensor: name) }
    let (entry, width) = (place.entry, place.entry.type.byteCount)
    let storage = UnsafeRawBufferPointer(rebasing: mapping.bytes[place.storage])
    if Self.isContiguous(entry.shape, place.strides) {
      let start = place.offset * width
      let bytes = UnsafeRawBufferPointer(rebasing: storage[start..<start + entry.count * width])
      return StoredTensor(entry: entry, bytes: bytes, owner: mapping)
    }
    let gathered = GatheredBytes(
      storage, width: width, offset: place.offset, shape: entry.shape, strides: place.strides)
    return StoredTensor(entry: entry, bytes: gathered.bytes, owner: gathered)
  }

  private static func isContiguous(_ shape: [Int], _ strides: [Int]) -> Bool {
    if shape.contains(0) { return true }
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      if stride != expected { return false }
      expected *= size
    }
    return true
  }
}
