import NegativeSpaceKernels
package import NegativeSpaceTensors
import NegativeSpaceWeights

/// A learned negative as states, with its weight.
package struct LearnedNegative: Sendable {
  /// (1, 77·k, D), float32; with one for each step of a run (S, 77·k, D).
  package let states: Tensor
  package let weight: Float
  /// Its description, in a line.
  package let note: String

  package init(states: Tensor, weight: Float = 1, note: String = "") {
    (self.states, self.weight, self.note) = (states, weight, note)
  }

  /// The negative of one step, from 0.
  private func at(_ step: Int) -> LearnedNegative {
    guard states.size(0) > 1 else { return self }
    return LearnedNegative(states: states.slice(axis: 0, from: step, to: step + 1), weight: weight, note: note)
  }

  /// The sum as in `combine`: (1, T, D), or (S, T, D) where there is one for each of S steps.
  ///
  /// - Parameter steps: S, as all that are not 1 have it.
  static func combine(_ negatives: [LearnedNegative], steps: Int, words: Tensor?, empty: Tensor) -> Tensor {
    let each = (0..<steps).map { step in combine(negatives.map { $0.at(step) }, words: words, empty: empty) }
    return steps == 1 ? each[0] : Tensor.concatenate(each, axis: 0)
  }

  /// n = w + Σ wᵢ (nᵢ − e): every negative, in words or learned, adds how far it is from the empty prompt.
  ///
  /// One of weight 1 without words is itself, to the bit. Where lengths differ, what is missing is filled with the
  /// empty prompt's states.
  /// - Parameters:
  ///   - words: w, the negative prompt's states (1, 77·m, D); nil where there are no words, and w is e.
  ///   - empty: e, the empty prompt's states, (1, 77, D).
  package static func combine(_ negatives: [LearnedNegative], words: Tensor?, empty: Tensor) -> Tensor {
    if words == nil, negatives.count == 1, negatives[0].weight == 1 { return negatives[0].states }
    let all = negatives.map(\.states) + [words ?? empty]
    let chunks = all.map { $0.size(1) / empty.size(1) }.max() ?? 1
    func filled(_ states: Tensor) -> Tensor {
      let missing = chunks - states.size(1) / empty.size(1)
      return Tensor.concatenate([states] + Array(repeating: empty, count: missing), axis: 1)
    }
    let origin = filled(empty)
    return negatives.reduce(filled(words ?? empty)) { sum, negative in
      sum + negative.weight * (filled(negative.states) - origin)
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
