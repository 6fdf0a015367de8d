package import Foundation
package import NegativeSpaceTensors

/// The tensors of a small safetensors file that a fixture script wrote.
///
/// Only what those scripts write is understood: float32 and bfloat16, both handed out as float32.
package struct FixtureFile: Sendable {
  /// Reason why a fixture could not be read.
  package enum Failure: Error, CustomStringConvertible {
    case missing(file: String)
    case malformed(file: String, what: String)
    case noTensor(file: String, name: String)

    package var description: String {
      switch self {
      case .missing(let file): "There is no fixture \(file); run the script next to it."
      case .malformed(let file, let what): "The fixture \(file) is malformed: \(what). Run its script again."
      case .noTensor(let file, let name):
        "The fixture \(file) has no tensor \(name); is the script newer than the file?"
      }
    }
  }

  private struct Entry: Decodable, Sendable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  private let file: String
  private let bytes: Data
  private let entries: [String: Entry]

  package init(_ url: URL?) throws {
    guard let url, let data = try? Data(contentsOf: url) else {
      throw Failure.missing(file: url?.lastPathComponent ?? "?")
    }
    file = url.lastPathComponent
    guard data.count >= 8 else { throw Failure.malformed(file: file, what: "\(data.count) bytes have no header") }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
    guard length <= UInt64(data.count - 8) else {
      throw Failure.malformed(file: file, what: "a header of \(length) bytes in \(data.count)")
    }
    let header = data.subdata(in: 8..<(8 + Int(length)))
    entries = try JSONDecoder().decode([String: Entry].self, from: header)
    bytes = data.subdata(in: (8 + Int(length))..<data.count)
  }

  package func contains(_ name: String) -> Bool { entries[name] != nil }

  /// The tensor in float32.
  package func tensor(_ name: String) throws -> Tensor {
    guard let entry = entries[name] else { throw Failure.noTensor(file: file, name: name) }
    let width = entry.dtype == "F32" ? 4 : 2
    let count = entry.shape.reduce(1, *)
    guard ["F32", "BF16"].contains(entry.dtype), let from = entry.data_offsets.first, let to = entry.data_offsets.last,
      from >= 0, to <= bytes.count, to - from == count * width
    else {
      throw Failure.malformed(file: file, what: "\(name) is \(entry.dtype) \(entry.shape) at \(entry.data_offsets)")
    }
    let values: [Float] = bytes.subdata(in: from..<to).withUnsafeBytes { raw in
      (0..<count).map { index in
        width == 4
          ? raw.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
          : Float(bitPattern: UInt32(raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)) << 16)
      }
    }
    return Tensor(values, shape: entry.shape)
  }
}
