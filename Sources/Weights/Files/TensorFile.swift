package import NegativeSpaceTensors

/// A dictionary of named tensors with metadata: latents, embeddings, checkpoints.
///
/// It is read from any known format and written as safetensors.
package struct TensorFile: Sendable {
  package var tensors: [String: Tensor]
  package var integers: [String: IntegerTensor]
  package var metadata: [String: String]

  package init(
    _ tensors: [String: Tensor] = [:], integers: [String: IntegerTensor] = [:], metadata: [String: String] = [:]
  ) {
    (self.tensors, self.integers, self.metadata) = (tensors, integers, metadata)
  }

  /// Reads all of `path`: bfloat16 as stored, other fractions as float32, whole numbers apart.
  ///
  /// - Throws: `TensorFileError`.
  package init(path: String) throws {
    let reader = try openTensorFile(path)
    self.init(metadata: reader.metadata)
    for (name, entry) in reader.entries {
      if entry.type.isFloatingPoint {
        tensors[name] = try reader.tensor(name)
      } else {
        integers[name] = try reader.integers(name)
      }
    }
  }

  /// - Throws: `TensorFileError.unwritable`; what was at `path` before is then still there.
  package func write(to path: String) throws {
    try SafetensorsWriter.write(tensors, integers: integers, metadata: metadata, to: path)
  }
}
