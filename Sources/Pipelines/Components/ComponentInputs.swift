import NegativeSpaceKernels
import NegativeSpaceTensors
import NegativeSpaceWeights

/// The tensors that a network is given, checked before they reach it.
struct ComponentInputs {
  let path: String
  let file: TensorFile
  private static let hint = "Names are those of diffusers' arguments."

  /// The first of `names` that is there, float32.
  ///
  /// - Parameter layout: the size of each axis; nil takes any.
  func tensor(_ names: [String], _ layout: [Int?]) throws -> Tensor {
    guard let name = names.first(where: { file.tensors[$0] != nil }), let tensor = file.tensors[name] else {
      throw ModelError.missingTensor(path: path, name: names[0], available: available, hint: Self.hint)
    }
    let fits = tensor.rank == layout.count && zip(tensor.shape, layout).allSatisfy { $0 > 0 && $0 == $1 ?? $0 }
    guard fits else {
      let expected = layout.map { $0.map { "\($0)" } ?? "any" }.joined(separator: ", ")
      throw ModelError.wrongShape(path: path, name: name, found: tensor.shape, expected: "[\(expected)]")
    }
    return tensor.cast(to: .float32)
  }

  /// Whether there is something called `name`.
  func contains(_ name: String) -> Bool { file.tensors[name] != nil || file.integers[name] != nil }

  /// Whole or broken numbers, as many as one of `counts`.
  func numbers(_ name: String, counts: [Int]) throws -> [Float] {
    let values: [Float]
    if let whole = file.integers[name] {
      values = whole.values.map { Float($0) }
    } else if let broken = file.tensors[name] {
      values = broken.floats
    } else {
      throw ModelError.missingTensor(path: path, name: name, available: available, hint: Self.hint)
    }
    guard counts.contains(values.count), values.allSatisfy(\.isFinite) else {
      throw ModelError.wrongShape(
        path: path, name: name, found: [values.count],
        expected: "\(Set(counts).sorted().map { "\($0)" }.joined(separator: " or ")) finite numbers")
    }
    return values
  }

  /// Rows of token ids, [B, T] or [T].
  func tokens(_ name: String, most: Int, below limit: Int) throws -> [[Int]] {
    guard let ids = file.integers[name] else {
      throw ModelError.missingTensor(path: path, name: name, available: available, hint: Self.hint)
    }
    let shape = ids.shape.count == 1 ? [1] + ids.shape : ids.shape
    guard shape.count == 2, shape[0] > 0, (1...most).contains(shape[1]),
      ids.values.allSatisfy({ 0..<Int64(limit) ~= $0 })
    else {
      throw ModelError.wrongShape(
        path: path, name: name, found: ids.shape, expected: "[batch, 1 to \(most)] with ids from 0 to \(limit - 1)")
    }
    return (0..<shape[0]).map { row in ids.values[(row * shape[1])..<((row + 1) * shape[1])].map { Int($0) } }
  }

  private var available: [String] { (Array(file.tensors.keys) + file.integers.keys).sorted() }
}
