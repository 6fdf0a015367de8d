import NegativeSpaceConfiguration
import NegativeSpaceFiles
import NegativeSpaceKernels
package import NegativeSpaceTensors

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
    try write(items(tensors, integers, path), metadata: metadata, to: path)
  }

  private static func write(_ items: [Item], metadata: [String: String], to path: String) throws {
    let items = items.sorted { ($1.type.byteCount, $0.name) < ($0.type.byteCount, $1.name) }
    do {
      let file = try OutputFile(for: path)
      try header(of: items, metadata).withUnsafeBytes { try file.append($0) }
      for item in items { try item.bytes { try file.append($0) } }
      try file.finish()
    } catch FileError.unwritable(_, let reason) {
      throw TensorFileError.unwritable(file: path, reason: reason)
    }
  }

  /// Writes what a network found, under the names and in the shapes that it asked for: one tensor in memory at a time.
  ///
  /// - Parameter type: float32, float16 or bfloat16 for all fractions; nil keeps each as it is stored.
  /// - Throws: `TensorFileError`; `.unwritable` also for a finite number beyond float16's range.
  package static func write(_ found: [FileWeights.Found], as type: ElementType?, to path: String) throws {
    let items = found.map { tensor in
      let stored = tensor.reader.entries[tensor.key]?.type ?? .float32
      let target = stored.isFloatingPoint ? type ?? stored : stored
      return Item(name: tensor.name, type: target, shape: tensor.shape) { use in
        guard try tensor.reader.stored(tensor.key).withBytes(as: target, use) else {
          throw TensorFileError.unwritable(
            file: path, reason: "\(tensor.name) holds numbers beyond float16's 65,504; choose bfloat16 or float32")
        }
      }
    }
    try write(items, metadata: ["format": "pt"], to: path)
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
