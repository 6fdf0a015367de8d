package import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// A network's weights as they were delivered once, kept by name: where its training starts, or what a LoRA lies on.
///
/// Every network that is built from them shares the tensors, so that what is re-ordered for reading is so once.
package final class KeptWeights: WeightSource, Sendable {
  package let tensors: [String: Tensor]
  private let dtype: DataType

  /// - Parameter dtype: the type that matrices are delivered in.
  package init(_ tensors: [String: Tensor], dtype: DataType = .float32) {
    (self.tensors, self.dtype) = (tensors, dtype)
  }

  package func contains(_ name: String) -> Bool { tensors[name] != nil }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    guard let value = tensors[name] else { throw TrainingError.missingParameter(name) }
    guard value.shape == shape else {
      throw TrainingError.parameterShape(name, expected: shape, found: value.shape)
    }
    return value.cast(to: role == .matrix ? dtype : .float32)
  }
}
