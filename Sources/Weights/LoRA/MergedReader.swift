import NegativeSpaceKernels
import NegativeSpaceTensors

/// A file whose weights come with LoRAs added: W + Σ scaleᵢ · productᵢ, computed in float32 before anything is rounded.
struct MergedReader: TensorReader {
  struct Addition: Sendable {
    let layer: LoRALayer
    let scale: Float
  }

  let entries: [String: TensorEntry]
  private let reader: any TensorReader
  private let additions: [String: [Addition]]

  var file: String { reader.file }
  var metadata: [String: String] { reader.metadata }
  var notes: [String] { reader.notes }

  init(_ reader: any TensorReader, _ additions: [String: [Addition]]) {
    (self.reader, self.additions) = (reader, additions)
    var entries = reader.entries
    for key in additions.keys {
      if let entry = entries[key] { entries[key] = TensorEntry(type: .float32, shape: entry.shape) }
    }
    self.entries = entries
  }

  func spelling(of name: String) -> String { reader.spelling(of: name) }

  func stored(_ name: String) throws -> StoredTensor {
    guard let own = additions[name], let entry = entries[name] else { return try reader.stored(name) }
    var sum = try reader.tensor(name, as: .float32)
    for addition in own { sum = sum + (try addition.layer.product(scale: addition.scale, as: entry.shape)) }
    let count = sum.count * sum.dtype.byteCount
    return StoredTensor(
      entry: entry, bytes: UnsafeRawBufferPointer(start: sum.pointer, count: count), owner: sum.storage)
  }
}
