import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors

/// A LoRA's addition to one layer: factor · up · down, of convolutions cut in three up · mid · down.
struct LoRALayer: Sendable {
  let spelling: String
  let networks: [LoRANetwork]
  /// See `LoRAName.layer`.
  let layer: String
  /// The shape of what is added, PyTorch's: (out, in) or (O, I, kh, kw).
  let shape: [Int]

  private let reader: any TensorReader
  /// (rank, in) or (rank, I, kh, kw).
  private let down: String
  /// (out, rank) or (O, rank, 1, 1).
  private let up: String
  /// (rank, rank, kh, kw).
  private let mid: String?
  /// alpha / rank.
  private let factor: Float

  /// - Throws: `LoRAError.malformed`, `TensorFileError`.
  init(
    _ name: LoRAName, _ pieces: [LoRAName.Piece: String], _ reader: any TensorReader, _ configuration: LoRAConfiguration
  ) throws {
    func wrong(_ reason: String) -> LoRAError {
      .malformed(file: reader.file, layer: name.spelling, reason: reason)
    }
    guard let down = pieces[.down], let up = pieces[.up] else {
      throw wrong("has only \(pieces.values.sorted().joined(separator: ", "))")
    }
    func shape(_ key: String) -> [Int] { reader.entries[key]?.shape ?? [] }
    let (narrow, wide) = (shape(down), shape(up))
    guard [2, 4].contains(narrow.count), wide.count == narrow.count, !(narrow + wide).contains(0),
      wide.dropFirst(2).allSatisfy({ $0 == 1 })
    else { throw wrong("has matrices of the shapes \(narrow) and \(wide)") }
    var inner = [narrow[0], narrow[0]]
    var kernel = Array(narrow.dropFirst(2))
    if let mid = pieces[.mid] {
      let found = shape(mid)
      guard found.count == 4, narrow.count == 4, kernel == [1, 1], !found.contains(0) else {
        throw wrong("has a middle of the shape \(found) between \(narrow) and \(wide)")
      }
      (inner, kernel) = (Array(found.prefix(2)), Array(found.dropFirst(2)))
    }
    guard wide[1] == inner[0], inner[1] == narrow[0] else {
      throw wrong("has matrices of the ranks \(narrow[0]) and \(wide[1])")
    }
    let rank = narrow[0]
    if let alpha = pieces[.alpha] {
      let values = try reader.tensor(alpha, as: .float32)
      guard values.count == 1 else { throw wrong("has \(values.count) numbers as its alpha") }
      factor = values.floats[0] / Float(rank)
    } else {
      factor = configuration.factor(name.spelling, rank: rank) ?? 1
    }
    self.shape = [wide[0], narrow[1]] + kernel
    (spelling, networks, layer) = (name.spelling, name.networks, name.layer)
    (self.reader, self.down, self.up, mid) = (reader, down, up, pieces[.mid])
  }

  /// Rows of the narrow matrix.
  var rank: Int { reader.entries[down]?.shape[0] ?? 0 }

  /// Its matrices as they are stored.
  var entries: [TensorEntry] { [down, mid, up].compactMap { $0.flatMap { reader.entries[$0] } } }

  /// True if it can be added to a weight of shape `other`: 1×1 convolutions are matrices.
  func fits(_ other: [Int]) -> Bool {
    func matrix(_ shape: [Int]) -> [Int] {
      shape.count > 2 && shape.dropFirst(2).allSatisfy { $0 == 1 } ? Array(shape.prefix(2)) : shape
    }
    return matrix(shape) == matrix(other)
  }

  /// scale · factor · product, float32, in the shape of the weight.
  ///
  /// - Throws: `TensorFileError`.
  func product(scale: Float, as target: [Int]) throws -> Tensor {
    LowRankUpdate(
      up: try reader.tensor(up, as: .float32), down: try reader.tensor(down, as: .float32),
      mid: try mid.map { try reader.tensor($0, as: .float32) }, scale: scale * factor
    ).product(as: target)
  }
}
