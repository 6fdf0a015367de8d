package import NegativeSpaceTensors

/// A source that passes on what another one delivers, and remembers it by name.
package final class RecordingWeights: WeightSource {
  /// Everything that was delivered.
  package private(set) var tensors: [String: Tensor] = [:]
  private let source: any WeightSource
  private let isExact: (String, [Int]) -> Bool

  /// - Parameter isExact: whether a matrix of this name and shape is asked for in float32, whatever the others are in.
  package init(_ source: any WeightSource, isExact: @escaping (String, [Int]) -> Bool = { _, _ in false }) {
    (self.source, self.isExact) = (source, isExact)
  }

  package func contains(_ name: String) -> Bool { source.contains(name) }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    let role = isExact(name, shape) ? .vector : role
    let tensor = try source.tensor(name, shape: shape, role: role, initial: initial)
    tensors[name] = tensor
    return tensor
  }
}
