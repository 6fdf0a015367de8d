package import Foundation

/// The bytes of a GGUF file, part by part, so that tests can write good ones and bad ones.
package struct GGUFContent {
  /// A tensor: sizes from the innermost axis, ggml's number of its type, its bytes.
  package struct Tensor {
    package var name: String
    package var sizes: [UInt64]
    package var type: UInt32
    package var bytes: Data
    /// In place of where its bytes lie.
    package var offset: UInt64?

    package init(_ name: String, _ sizes: [UInt64], type: UInt32 = 0, bytes: Data, offset: UInt64? = nil) {
      (self.name, self.sizes, self.type, self.bytes, self.offset) = (name, sizes, type, bytes, offset)
    }

    /// Of float32.
    package init(_ name: String, shape: [Int], _ values: [Float]) {
      let bytes = values.withUnsafeBytes { Data($0) }
      self.init(name, shape.reversed().map { UInt64($0) }, bytes: bytes)
    }
  }

  package var version: UInt32 = 3
  /// Keys, the numbers of their values' kinds, and the values' bytes.
  package var values: [(key: String, kind: UInt32, bytes: Data)] = []
  package var tensors: [Tensor]
  /// In place of the true numbers.
  package var tensorCount: UInt64?
  package var valueCount: UInt64?

  package init(_ tensors: [Tensor] = []) { self.tensors = tensors }

  package static func little(_ number: some FixedWidthInteger) -> Data {
    withUnsafeBytes(of: number.littleEndian) { Data($0) }
  }

  package static func text(_ text: String) -> Data { little(UInt64(text.utf8.count)) + Data(text.utf8) }

  /// The whole file.
  package var data: Data {
    var data = Data("GGUF".utf8) + Self.little(version)
    data += Self.little(tensorCount ?? UInt64(tensors.count)) + Self.little(valueCount ?? UInt64(values.count))
    for value in values { data += Self.text(value.key) + Self.little(value.kind) + value.bytes }
    var (offset, body) = (0, Data())
    for tensor in tensors {
      data += Self.text(tensor.name) + Self.little(UInt32(tensor.sizes.count))
      for size in tensor.sizes { data += Self.little(size) }
      data += Self.little(tensor.type) + Self.little(tensor.offset ?? UInt64(offset))
      body += tensor.bytes + Data(count: -tensor.bytes.count & 31)
      offset = body.count
    }
    return data + Data(count: -data.count & 31) + body
  }
}
