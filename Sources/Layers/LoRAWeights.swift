package import NegativeSpaceKernels
package import NegativeSpaceTensors

/// Weights with a LoRA on some of them, W + alpha / rank · B · A, whose matrices come from a source of their own.
///
/// It is `MergedReader`'s sum where the sum is to be differentiated: a training's source delivers matrices that ask for
/// gradients, under PEFT's names, and whoever builds a network from it knows nothing of LoRAs. Several may lie on one
/// another, and two networks of the same weights may each have its own.
package final class LoRAWeights: WeightSource {
  private let base: any WeightSource
  private let shape: LoRAShape
  private let matrices: any WeightSource
  private let dtype: DataType

  /// - Parameters:
  ///   - base: the weights that stay as they are.
  ///   - matrices: asked for `lora_A.weight`, (rank, in), and `lora_B.weight`, (out, rank), of each layer, always float32; fresh
  ///     ones add nothing.
  ///   - dtype: the type that changed weights are delivered in; sums are float32 in any case.
  package init(
    _ base: any WeightSource, _ shape: LoRAShape, matrices: any WeightSource, dtype: DataType = .float32
  ) {
    (self.base, self.shape, self.matrices, self.dtype) = (base, shape, matrices, dtype)
  }

  package func contains(_ name: String) -> Bool { base.contains(name) }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    guard let layer = self.shape.layer(name, shape) else {
      return try base.tensor(name, shape: shape, role: role, initial: initial)
    }
    // In float32 before anything is rounded.
    let weight = try base.tensor(name, shape: shape, role: .vector, initial: initial)
    let (rank, inputs, kernel) = (self.shape.rank, shape[1], shape.dropFirst(2))
    let down = try matrices.tensor(
      Self.down(layer), shape: [rank, inputs] + kernel, role: .vector, initial: .kaiming(fanIn: inputs))
    let up = try matrices.tensor(
      Self.up(layer), shape: [shape[0], rank] + kernel, role: .vector, initial: .zeros)
    let product = LowRankUpdate(up: up, down: down, scale: self.shape.scale).product(as: shape)
    return (weight + product).cast(to: role == .matrix ? dtype : .float32)
  }

  /// The name of a layer's narrow matrix, PEFT's.
  package static func down(_ layer: String) -> String { layer + ".lora_A.weight" }

  /// The name of its wide one.
  package static func up(_ layer: String) -> String { layer + ".lora_B.weight" }
}
