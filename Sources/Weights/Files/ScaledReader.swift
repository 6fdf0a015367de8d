import NegativeSpaceKernels
import NegativeSpaceTensors

/// A file of float8 weights that each have a scale, without the scales: ComfyUI's `scaled_fp8`.
///
/// `X.weight` is what is stored times `X.scale_weight`; `X.scale_input` is of use to float8 arithmetic alone.
struct ScaledReader: TensorReader {
  let entries: [String: TensorEntry]
  private let reader: any TensorReader
  private let scales: [String: Float]

  var file: String { reader.file }
  var metadata: [String: String] { reader.metadata }
  var notes: [String] { reader.notes }

  private static let (scale, input, mark) = (".scale_weight", ".scale_input", "scaled_fp8")

  /// - Returns: nil for a file without scales.
  /// - Throws: `TensorFileError` for a scale that is not one number.
  init?(_ reader: any TensorReader) throws {
    let names = reader.entries.keys.filter { $0.hasSuffix(Self.scale) }
    guard !names.isEmpty else { return nil }
    var scales: [String: Float] = [:]
    for name in names {
      let weight = String(name.dropLast(Self.scale.count)) + ".weight"
      let values = try reader.tensor(name, as: .float32)
      guard reader.entries[weight] != nil, values.count == 1 else {
        throw TensorFileError.malformedTensor(
          file: reader.file, tensor: name, reason: "it has \(values.count) numbers, or no weight to scale")
      }
      scales[weight] = values.floats[0]
    }
    entries = reader.entries.reduce(into: [:]) { kept, entry in
      let name = entry.key
      guard !name.hasSuffix(Self.scale), !name.hasSuffix(Self.input), name.split(separator: ".").last ?? "" != Self.mark
      else { return }
      kept[name] = scales[name] == nil ? entry.value : TensorEntry(type: .float32, shape: entry.value.shape)
    }
    (self.reader, self.scales) = (reader, scales)
  }

  func spelling(of name: String) -> String { reader.spelling(of: name) }

  func stored(_ name: String) throws -> StoredTensor {
    guard let entry = entries[name] else { throw TensorFileError.missingTensor(file: file, tensor: name) }
    let stored = try reader.stored(name)
    guard let scale = scales[name] else { return stored }
    let tensor = stored.tensor(as: .float32) * scale
    let bytes = UnsafeRawBufferPointer(start: tensor.pointer, count: tensor.count * tensor.dtype.byteCount)
    return StoredTensor(entry: entry, bytes: bytes, owner: tensor.storage)
  }
}
