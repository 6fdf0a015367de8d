import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceTraining

/// Starting weights of a ControlNet: the image network's way down and middle; what it adds ends in zeros.
final class ControlStart: WeightSource {
  private let image: SnapshotWeights
  private let fresh: RandomWeights

  init(image: SnapshotWeights, fresh: RandomWeights) { (self.image, self.fresh) = (image, fresh) }

  func contains(_ name: String) -> Bool { true }

  func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    guard let known = image.tensors[name], known.shape == shape else {
      return fresh.tensor(name, shape: shape, role: role, initial: initial)
    }
    return known
  }
}
