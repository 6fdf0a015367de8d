import NegativeSpaceKernels
import NegativeSpaceLayers
import NegativeSpaceTensors
import NegativeSpaceWeights

/// Starting weights of a network that grew: those of a smaller one wherever it has the parameter, in the leading corner
/// of the new one, and around them fresh numbers or zeros.
final class GrownWeights: WeightSource {
  /// Numbers around a known parameter.
  enum Rim: Sendable {
    /// A network that goes on as it did before: what is new says nothing yet.
    case zeros
    case fresh
  }

  private let known: [String: Tensor]
  private let fresh: RandomWeights
  private let rim: Rim
  /// The smaller network's name for a parameter; nil for one that it does not have.
  private let knownName: (String) -> String?
  /// Parts of a parameter's first axis, and of its second, that grow each on their own.
  private let parts: (String) -> (rows: Int, columns: Int)

  init(
    from known: [String: Tensor], fresh: RandomWeights, rim: Rim, knownName: @escaping (String) -> String? = { $0 },
    parts: @escaping (String) -> (rows: Int, columns: Int) = { _ in (1, 1) }
  ) {
    (self.known, self.fresh, self.rim) = (known, fresh, rim)
    (self.knownName, self.parts) = (knownName, parts)
  }

  /// A denoiser that says at first what a smaller one with fewer latent channels says of these.
  ///
  /// - Parameter denoiser: diffusers' `unet` folder of the smaller one.
  /// - Throws: `TensorFileError`.
  convenience init(denoiser folder: String, seed: UInt64) throws {
    let known = try TensorFile(path: folder + "/diffusion_pytorch_model.safetensors").tensors
    self.init(
      from: known.mapValues { $0.cast(to: .float32) }, fresh: RandomWeights(seed: seed), rim: .zeros)
  }

  func contains(_ name: String) -> Bool { true }

  func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    let start = fresh.tensor(name, shape: shape, role: role, initial: initial)
    guard let small = knownName(name).flatMap({ known[$0] }) else { return start }
    if small.shape == shape { return small }
    guard small.rank == shape.count, zip(small.shape, shape).allSatisfy({ $0 <= $1 }) else { return start }
    let around = rim == .fresh ? start : Tensor.zeros(shape)
    let parts = parts(name)
    return Self.placed(small, in: around, axis: 0, parts: [parts.rows, parts.columns])
  }

  /// `small` in the leading corner of `large`, part by part of each axis.
  private static func placed(_ small: Tensor, in large: Tensor, axis: Int, parts: [Int]) -> Tensor {
    guard axis < large.rank else { return small }
    let count = axis < parts.count ? parts[axis] : 1
    let (inner, outer) = (small.size(axis) / count, large.size(axis) / count)
    let pieces = (0..<count).flatMap { part -> [Tensor] in
      let own = small.slice(axis: axis, from: part * inner, to: (part + 1) * inner)
      let place = large.slice(axis: axis, from: part * outer, to: part * outer + inner)
      let rest = large.slice(axis: axis, from: part * outer + inner, to: (part + 1) * outer)
      return [placed(own, in: place, axis: axis + 1, parts: parts)] + (inner < outer ? [rest] : [])
    }
    return Tensor.concatenate(pieces, axis: axis)
  }
}
