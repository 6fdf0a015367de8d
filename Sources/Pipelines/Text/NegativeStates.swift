import Kernels
package import Tensors
import Weights

/// Learned negatives read from files: encoder states that take the place of the negative prompt's.
package struct NegativeStates: Sendable {
  package let file: FileReference
  /// (1, 77, D), float32.
  package let states: Tensor

  /// Names under which files keep them, most likely first.
  private static let usualNames = ["negative_prompt_embeds", "prompt_embeds", "embedding", "emb_params"]

  /// - Parameters:
  ///   - rows: tokens of the model's text encoder.
  ///   - width: of the model's text states.
  /// - Throws: `ModelError`, `TensorFileError`.
  package init(_ file: FileReference, rows: Int, width: Int) throws {
    let (name, tensor) = try TensorFile(path: file.path).tensor(file.key, among: Self.usualNames, in: file.path)
    let shape = tensor.shape
    let isStates = shape == [rows, shape.last ?? 0] || (shape.count == 3 && shape[0] == 1 && shape[1] == rows)
    guard isStates, let found = shape.last else {
      throw ModelError.wrongShape(
        path: file.path, name: name, found: shape,
        expected: "encoder states [1, \(rows), \(width)] or [\(rows), \(width)]")
    }
    guard found == width else {
      throw ModelError.wrongShape(
        path: file.path, name: name, found: shape,
        expected:
          "a width of \(width), as this model's text states have; these of width \(found) belong to another text encoder"
      )
    }
    guard tensor.isFinite else { throw ModelError.notFinite(path: file.path, name: name) }
    self.file = file
    states = tensor.cast(to: .float32).reshaped([1, rows, width])
  }

  /// The negative prompt's states (1, 77, D) moved to those of the learned negatives by their weights; one of weight 1 replaces them.
  package static func combine(_ negatives: [NegativeStates], with prompt: Tensor) -> Tensor {
    if let only = negatives.first, negatives.count == 1, (only.file.weight ?? 1) == 1 { return only.states }
    return negatives.reduce(prompt) { sum, negative in
      sum + Float(negative.file.weight ?? 1) * (negative.states - prompt)
    }
  }
}

extension TensorFile {
  /// The tensor called `key`; without it the one with a usual name, or the only one.
  ///
  /// - Throws: `ModelError.missingTensor`.
  package func tensor(_ key: String?, among usual: [String], in path: String) throws -> (name: String, tensor: Tensor) {
    let name = key ?? usual.first { tensors[$0] != nil } ?? (tensors.count == 1 ? tensors.keys.first : nil)
    guard let name, let tensor = tensors[name] else {
      throw ModelError.missingTensor(
        path: path, name: key ?? usual[0], available: tensors.keys.sorted(),
        hint: "Rename it, or name another one where FILE:KEY is taken.")
    }
    return (name, tensor)
  }
}
