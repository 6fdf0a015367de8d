import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceTraining
import NegativeSpaceWeights

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

extension GrownWeights {
  /// A ControlNet that sees pictures twice as large: two convolutions more lead to those that it has.
  ///
  /// - Parameter folder: diffusers' folder of the smaller one.
  /// - Throws: `TensorFileError`.
  convenience init(controlNet folder: String, seed: UInt64) throws {
    let known = try TensorFile(path: folder + "/diffusion_pytorch_model.safetensors").tensors
    let blocks = "controlnet_cond_embedding.blocks."
    self.init(
      from: known.mapValues { $0.cast(to: .float32) }, fresh: RandomWeights(seed: seed), rim: .zeros,
      knownName: { name in
        guard name.hasPrefix(blocks) else { return name }
        let rest = name.dropFirst(blocks.count)
        guard let dot = rest.firstIndex(of: "."), let block = Int(rest[..<dot]), block > 1 else { return nil }
        return "\(blocks)\(block - 2)\(rest[dot...])"
      })
  }
}
