/// A GGUF file, memory-mapped, as ggml's programs write them: Stable Diffusion whole or its denoiser alone, T5.
///
/// Its header is checked when it is opened. What lies in blocks of few bits counts as float32 and becomes it when it is
/// read. T5 has transformers' names, whichever the file has.
package struct GGUFFile: TensorReader {
  package let entries: [String: TensorEntry]
  package let metadata: [String: String]
  private let places: [String: Place]
  private let mapping: MappedFile

  private struct Place {
    /// The name in the file.
    let key: String
    let entry: TensorEntry
    let bytes: Range<Int>
  }

  package var file: String { mapping.path }

  /// - Throws: `TensorFileError`.
  package init(path: String) throws { try self.init(MappedFile(path: path)) }

  init(_ mapping: MappedFile) throws {
    self.mapping = mapping
    let file = mapping.path
    let header: GGUFHeader
    do {
      header = try GGUFHeader(mapping.bytes, file: file)
    } catch let failure as ByteFailure {
      throw TensorFileError.damaged(file: file, format: "GGUF file", reason: failure.reason, byte: failure.byte)
    }
    let names = T5GGUFNames(header.tensors.map(\.name))
    var places: [String: Place] = [:]
    for tensor in header.tensors {
      let place = try Self.place(of: tensor, header, size: mapping.bytes.count, file: file)
      guard places.updateValue(place, forKey: names?(tensor.name) ?? tensor.name) == nil else {
        throw TensorFileError.malformedTensor(file: file, tensor: tensor.name, reason: "it is there twice")
      }
    }
    try Self.checkApart(places, file: file)
    self.places = places
    entries = places.mapValues(\.entry)
    metadata = header.values.texts
  }

  /// Checks that every element is within the file before anything is allocated for it.
  private static func place(
    of tensor: GGUFHeader.Tensor, _ header: GGUFHeader, size: Int, file: String
  ) throws(TensorFileError) -> Place {
    func malformed(_ reason: String) -> TensorFileError {
      .malformedTensor(file: file, tensor: tensor.name, reason: reason)
    }
    guard let type = GGMLType(tensor.type) else {
      throw .unreadType(
        file: file, tensor: tensor.name, type: GGMLType.name(of: tensor.type),
        read: ["F32", "F16", "BF16"] + BlockType.allCases.map(\.rawValue))
    }
    var shape = Array(tensor.sizes.reversed())
    guard let width = TensorEntry.byteCount(shape, .uint8) else {
      throw malformed("the shape \(shape) is beyond any memory")
    }
    guard (shape.last ?? 1) % type.blockSize == 0 else {
      throw malformed("rows of \(shape.last ?? 1) elements do not consist of blocks of \(type.blockSize)")
    }
    let (bytes, overflow) = (width / type.blockSize).multipliedReportingOverflow(by: type.blockBytes)
    let (start, startOverflow) = header.dataStart.addingReportingOverflow(tensor.offset)
    let (end, endOverflow) = start.addingReportingOverflow(bytes)
    guard !overflow, !startOverflow, !endOverflow else { throw malformed("its place is beyond any file") }
    guard tensor.offset % header.alignment == 0 else {
      throw malformed("it begins at byte \(tensor.offset), which is no multiple of \(header.alignment)")
    }
    guard bytes == 0 || end <= size else { throw .truncated(file: file, bytes: size, needed: UInt64(end)) }
    // ComfyUI-GGUF lays tensors whose rows are no blocks out as rows of 256, and says what they were.
    if let original = header.values.list("comfy.gguf.orig_shape.\(tensor.name)") {
      guard original.allSatisfy({ $0 >= 0 }), TensorEntry.byteCount(original, .uint8) == width else {
        throw malformed("its original shape is said to be \(original), of \(width) elements")
      }
      shape = original
    }
    let entry =
      switch type {
      case .plain(let type): TensorEntry(type: type, shape: shape)
      case .blocks(let type): TensorEntry(type: .float32, shape: shape, blocks: type)
      }
    return Place(key: tensor.name, entry: entry, bytes: bytes == 0 ? 0..<0 : start..<end)
  }

  private static func checkApart(_ places: [String: Place], file: String) throws(TensorFileError) {
    let order = places.values.filter { !$0.bytes.isEmpty }.sorted { $0.bytes.lowerBound < $1.bytes.lowerBound }
    for (one, next) in zip(order, order.dropFirst()) where next.bytes.lowerBound < one.bytes.upperBound {
      throw .overlapping(file: file, tensor: next.key, other: one.key)
    }
  }

  package func spelling(of name: String) -> String { places[name]?.key ?? name }

  package func stored(_ name: String) throws -> StoredTensor {
    guard let place = places[name] else { throw TensorFileError.missingTensor(file: file, tensor: name) }
    return StoredTensor(
      entry: place.entry, bytes: UnsafeRawBufferPointer(rebasing: mapping.bytes[place.bytes]),
      blocks: place.entry.blocks, owner: mapping)
  }
}
