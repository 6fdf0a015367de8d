import NegativeSpaceKernels
package import NegativeSpaceTensors

/// Tensors in memory as if a file held them: what comes out of files that are no files of tensors.
package struct MemoryReader: TensorReader {
  package let file: String
  package let entries: [String: TensorEntry]
  package let metadata: [String: String]
  private let tensors: [String: Tensor]

  package init(_ tensors: [String: Tensor], metadata: [String: String] = [:], file: String) {
    (self.file, self.tensors, self.metadata) = (file, tensors, metadata)
    entries = tensors.mapValues { TensorEntry(type: ElementType($0.dtype), shape: $0.shape) }
  }

  package func stored(_ name: String) throws -> StoredTensor {
    guard let tensor = tensors[name], let entry = entries[name] else {
      throw TensorFileError.missingTensor(file: file, tensor: name)
    }
    let bytes = UnsafeRawBufferPointer(start: tensor.pointer, count: tensor.count * tensor.dtype.byteCount)
    return StoredTensor(entry: entry, bytes: bytes, owner: tensor.storage)
  }
}
