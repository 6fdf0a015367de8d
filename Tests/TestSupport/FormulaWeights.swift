package import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// A source that makes every parameter by the formula, and remembers what it was asked for.
package final class FormulaWeights: WeightSource {
  /// Shapes asked for, by name.
  package private(set) var shapes: [String: [Int]] = [:]
  /// Names asked for more than once.
  package private(set) var repeated: [String] = []
  /// The parameters that ask for gradients, as they were handed out (float32, before any cast).
  package private(set) var leaves: [String: Tensor] = [:]
  private let dtype: DataType
  private let wanted: Set<String>

  /// - Parameter gradientsOf: names of the parameters that ask for gradients.
  package init(dtype: DataType = .float32, gradientsOf wanted: [String] = []) {
    self.dtype = dtype
    self.wanted = Set(wanted)
  }

  package func contains(_ name: String) -> Bool { true }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) -> Tensor {
    if shapes.updateValue(shape, forKey: name) != nil { repeated.append(name) }
    var value = Formula.parameter(name, shape)
    if wanted.contains(name) {
      value = value.requiringGradient
      leaves[name] = value
    }
    return role == .matrix ? value.cast(to: dtype) : value
  }
}
