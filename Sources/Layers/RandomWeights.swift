package import Kernels
package import Tensors

/// A source that makes every parameter anew from its `Initial` and a seed: the start of training, and small networks in tests.
///
/// A parameter's numbers depend on the seed and on its own name only, so adding a layer does not change the others.
package final class RandomWeights: WeightSource {
  /// One parameter that was asked for.
  package struct Request: Sendable {
    package let name: String
    package let shape: [Int]
    package let role: WeightRole
    package let initial: Initial
  }

  /// Everything asked for, in order.
  package private(set) var requests: [Request] = []
  private let seed: UInt64
  private let dtype: DataType

  package init(seed: UInt64, dtype: DataType = .float32) {
    self.seed = seed
    self.dtype = dtype
  }

  package func contains(_ name: String) -> Bool { true }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) -> Tensor {
    requests.append(Request(name: name, shape: shape, role: role, initial: initial))
    let full = Self.fresh(shape, initial, seed: seed ^ name.stableHash)
    return role == .matrix && dtype != .float32 ? full.cast(to: dtype) : full
  }

  private static func fresh(_ shape: [Int], _ initial: Initial, seed: UInt64) -> Tensor {
    var generator = SplitMix(state: seed)
    let count = shape.reduce(1, *)
    switch initial {
    case .zeros: return .zeros(shape)
    case .ones: return Tensor(repeating: 1, shape: shape)
    case .constant(let value): return Tensor(repeating: value, shape: shape)
    case .uniform(let bound):
      return Tensor((0..<count).map { _ in (generator.unit() * 2 - 1) * bound }, shape: shape)
    case .normal(let std):
      return Tensor((0..<count).map { _ in generator.normal() * std }, shape: shape)
    }
  }
}

extension String {
  /// FNV-1a over the UTF-8 bytes: the same in every run, unlike `hashValue`.
  fileprivate var stableHash: UInt64 {
    utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
