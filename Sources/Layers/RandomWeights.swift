import Foundation
package import NegativeSpaceKernels
package import NegativeSpaceTensors

/// A source that makes every parameter anew from its `Initial` and a seed: the start of training, and small networks in
/// tests.
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
  private let isKept: Bool

  /// - Parameter isKept: false leaves matrices unmade until they are used, and makes them again the next time: a
  ///   network that packs its weights then holds them once.
  package init(seed: UInt64, dtype: DataType = .float32, isKept: Bool = true) {
    (self.seed, self.dtype, self.isKept) = (seed, dtype, isKept)
  }

  package func contains(_ name: String) -> Bool { true }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) -> Tensor {
    requests.append(Request(name: name, shape: shape, role: role, initial: initial))
    let type = role == .matrix ? dtype : .float32
    let seed = seed ^ name.stableHash
    let fresh: @Sendable () -> Tensor = { Self.fresh(shape, initial, seed: seed).cast(to: type) }
    if isKept || role == .vector { return fresh() }
    let byteCount = shape.reduce(1, *) * type.byteCount
    let storage = Storage(byteCount: byteCount) { target in
      let full = fresh()
      withExtendedLifetime(full) { target.copyMemory(from: full.pointer, byteCount: byteCount) }
    }
    return Tensor(storage: storage, shape: shape, dtype: type)
  }

  private static func fresh(_ shape: [Int], _ initial: Initial, seed: UInt64) -> Tensor {
    switch initial {
    case .zeros: .zeros(shape)
    case .ones: Tensor(repeating: 1, shape: shape)
    case .constant(let value): Tensor(repeating: value, shape: shape)
    case .uniform(let bound): drawn(shape, seed: seed, draws: 1) { ($0.unit() * 2 - 1) * bound }
    case .normal(let std): drawn(shape, seed: seed, draws: 2) { $0.normal() * std }
    }
  }

  /// `value` for every element in turn, on all cores.
  ///
  /// - Parameter draws: numbers that `value` takes from the generator.
  private static func drawn(
    _ shape: [Int], seed: UInt64, draws: Int, _ value: @Sendable (inout SplitMix64) -> Float
  ) -> Tensor {
    Tensor(shape: shape) { out in
      nonisolated(unsafe) let target = out.assumingMemoryBound(to: Float.self)
      parallel(shape.reduce(1, *), grain: 1 << 12) { range in
        var generator = SplitMix64(seed: seed).skipping(draws * range.lowerBound)
        for index in range { target[index] = value(&generator) }
      }
    }
  }
}

extension SplitMix64 {
  /// Even on the open interval (0, 1).
  fileprivate mutating func unit() -> Float { (Float(next() >> 41) + 0.5) / Float(1 << 23) }

  /// Gaussian with mean 0 and deviation 1 (Box and Muller; the second value is not kept).
  fileprivate mutating func normal() -> Float { (-2 * log(unit())).squareRoot() * cos(2 * .pi * unit()) }
}

extension String {
  /// FNV-1a over the UTF-8 bytes: the same in every run, unlike `hashValue`.
  fileprivate var stableHash: UInt64 {
    utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
