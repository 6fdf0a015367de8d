import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// What reward a policy expects from a text so far: a line through the decoder's states, which starts at zero.
package struct ValueHead: Sendable {
  /// Where its parameters' names begin.
  package static let name = "value_head"

  /// (1, width) and (1).
  private let weight: Tensor
  private let bias: Tensor

  /// Asks for `value_head.weight` and `value_head.bias`.
  package init(_ weights: WeightScope, width: Int) throws {
    weight = try weights[Self.name].tensor("weight", shape: [1, width], initial: .zeros)
    bias = try weights[Self.name].tensor("bias", shape: [1], role: .vector, initial: .zeros)
  }

  /// (B, T) of states (B, T, width).
  package func callAsFunction(_ states: Tensor) -> Tensor {
    states.cast(to: weight.dtype).linear(weight, bias).cast(to: .float32).reshaped([states.size(0), states.size(1)])
  }
}

/// A writer's weights with a value head that is not in its file.
final class PolicyWeights: WeightSource {
  private let writer: any WeightSource

  init(_ writer: any WeightSource) { self.writer = writer }

  func contains(_ name: String) -> Bool { name.hasPrefix(ValueHead.name) || writer.contains(name) }

  func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    guard name.hasPrefix(ValueHead.name) else {
      return try writer.tensor(name, shape: shape, role: role, initial: initial)
    }
    return .zeros(shape)
  }
}
