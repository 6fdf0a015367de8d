import Kernels
package import Tensors

/// Writes safetensors files: the same content always gives the same bytes.
package enum SafetensorsWriter {
  private struct Item {
    let name: String
    let type: ElementType
    let shape: [Int]
    let bytes: (_ use: (UnsafeRawBufferPointer) throws -> Void) throws -> Void

    var byteCount: Int { shape.reduce(type.byteCount, *) }
  }

  /// Writes `path` through a file beside it, synced and renamed; when that fails nothing is left behind.
  ///
  /// Wide elements come first, so that all are aligned; equally wide ones in the order of their names.
  /// - Throws: `TensorFileError.unwritable`.
  package static func write(
    _ tensors: [String: Tensor], integers: [String: IntegerTensor] = [:], metadata: [String: String] = [:],
    to path: String
  ) throws {
    let items = try items(tensors, integers, path).sorted {
      ($1.type.byteCount, $0.name) < ($0.type.byteCount, $1.name)
    }
    try AtomicFile.write(to: path) { file in
      try file.append(header(of: items, metadata))
      for item in items { try item.bytes { try file.append($0) } }
    }
  }

  private static func items(
    _ tensors: [String: Tensor], _ integers: [String: IntegerTensor], _ path: String
  ) throws -> [Item] {
    if let name = integers.keys.first(where: { tensors[$0] != nil }) {
      throw TensorFileError.unwritable(file: path, reason: "two tensors are called \(name)")
    }
    if tensors["__metadata__"] != nil || integers["__metadata__"] != nil {
      throw TensorFileError.unwritable(file: path, reason: "no tensor may be called __metadata__")
    }
    let floating = tensors.map { name, tensor in
      Item(name: name, type: ElementType(tensor.dtype), shape: tensor.shape) { use in
        // The tensor, not only its pointer, must live while it is written.
        try withExtendedLifetime(tensor) {
          try use(UnsafeRawBufferPointer(start: tensor.pointer, count: tensor.count * tensor.dtype.byteCount))
        }
      }
    }
    let whole = integers.map { name, tensor in
      Item(name: name, type: .int64, shape: tensor.shape) { use in try tensor.values.withUnsafeBytes(use) }
    }
    return floating + whole
  }

  private static func header(of items: [Item], _ metadata: [String: String]) -> [UInt8] {
    var members: [String: JSONValue] = [:]
    var offset = 0
    for item in items {
      members[item.name] = .object([
        "dtype": .string(item.type.rawValue),
        "shape": .array(item.shape.map { .integer($0) }),
        "data_offsets": .array([.integer(offset), .integer(offset + item.byteCount)]),
      ])
      offset += item.byteCount
    }
    if !metadata.isEmpty { members["__metadata__"] = .object(metadata.mapValues { .string($0) }) }
    var text = Array(JSONValue.object(members).text().utf8)
    text += Array(repeating: UInt8(ascii: " "), count: -text.count & 7)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }
}
