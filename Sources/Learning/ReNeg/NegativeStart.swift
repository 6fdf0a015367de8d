package import NegativeSpaceLayers
package import NegativeSpaceTensors
import NegativeSpaceTraining

/// Starting point of a negative's learning: given states, those of the empty prompt or of an earlier negative.
package final class NegativeStart: WeightSource {
  private let states: Tensor

  /// - Parameter states: (1, 77, D).
  package init(_ states: Tensor) { self.states = states }

  package func contains(_ name: String) -> Bool { name == ReNegTask.parameter }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    guard states.shape == shape else {
      throw TrainingError.parameterShape(name, expected: shape, found: states.shape)
    }
    return states
  }
}
