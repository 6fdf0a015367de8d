package import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// Weights as they were at one moment, without gradients.
package final class SnapshotWeights: WeightSource {
  /// Float32 tensors by name.
  package let tensors: [String: Tensor]
  private let fallback: (any WeightSource)?
  private let dtype: DataType

  package init(_ tensors: [String: Tensor], fallback: (any WeightSource)? = nil, dtype: DataType) {
    (self.tensors, self.fallback, self.dtype) = (tensors, fallback, dtype)
  }

  /// The tensor `name` as it is, float32.
  ///
  /// - Throws: `TrainingError.missingParameter`.
  package func tensor(_ name: String) throws -> Tensor {
    guard let value = tensors[name] else { throw TrainingError.missingParameter(name) }
    return value
  }

  package func contains(_ name: String) -> Bool { tensors[name] != nil || (fallback?.contains(name) ?? false) }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    guard let value = try tensors[name] ?? fallback?.tensor(name, shape: shape, role: role, initial: initial) else {
      throw TrainingError.missingParameter(name)
    }
    guard value.shape == shape else {
      throw TrainingError.parameterShape(name, expected: shape, found: value.shape)
    }
    return role == .matrix ? value.cast(to: dtype) : value
  }
}
