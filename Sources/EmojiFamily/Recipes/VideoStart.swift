package import NegativeSpaceLayers
package import NegativeSpaceNetworks
package import NegativeSpaceTensors
package import NegativeSpaceTraining
import NegativeSpaceWeights

/// Starting weights of a temporal network: the image network's wherever it has the same parameter, else fresh ones.
///
/// Temporal layers end in zeros, so that the first clip is a row of the image network's pictures.
package final class VideoStart: WeightSource {
  private let image: SnapshotWeights
  private let temporal: any WeightSource
  /// The image network's name for a parameter; nil for one it does not have.
  private let imageName: @Sendable (String) -> String?

  /// - Parameter temporal: what acts in time begins with these.
  package init(
    image: SnapshotWeights, temporal: any WeightSource,
    imageName: @escaping @Sendable (String) -> String? = { $0 }
  ) {
    (self.image, self.temporal, self.imageName) = (image, temporal, imageName)
  }

  /// For a network with latent-diffusion's names.
  ///
  /// - Throws: `CheckpointError`, `ConfigurationError`.
  package convenience init(
    lvdm configuration: LVDMUNetConfiguration, image: SnapshotWeights, temporal: any WeightSource
  ) throws {
    let asked = RandomWeights(seed: 2)
    _ = try LVDMUNetModel(configuration, WeightScope(asked))
    let names = try LDMImageNames(
      Dictionary(asked.requests.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first }))
    self.init(image: image, temporal: temporal) { names($0) }
  }

  package func contains(_ name: String) -> Bool { !isTemporal(name) }

  /// Whether a parameter acts in time: the image network lacks it.
  package var isTemporal: @Sendable (String) -> Bool {
    let names = Set(image.tensors.keys)
    return { [imageName] in imageName($0).map { !names.contains($0) } ?? true }
  }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    guard let known = imageName(name).flatMap({ image.tensors[$0] }) else {
      return try temporal.tensor(name, shape: shape, role: role, initial: initial)
    }
    // A 1×1 convolution and a linear layer hold the same numbers.
    guard known.count == shape.reduce(1, *) else {
      throw TrainingError.parameterShape(name, expected: shape, found: known.shape)
    }
    return known.reshaped(shape)
  }
}
