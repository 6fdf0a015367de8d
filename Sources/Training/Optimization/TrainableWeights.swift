package import Kernels
package import Layers
package import Tensors

/// A weight source whose tensors ask for gradients: a network built from it is a network in training.
///
/// The network is built anew for every step (it is only a handful of structs), so its weights are always the current ones,
/// and computing in bfloat16 is nothing but a recorded cast of the float32 masters.
package final class TrainableWeights: WeightSource {
  /// Where parameters come from that are not here yet: random numbers, or a file to go on from.
  private let start: any WeightSource
  /// The type that networks compute in.
  package let dtype: DataType
  /// Which parameters are learned; the others stay as they started.
  private let learns: @Sendable (String) -> Bool
  /// All parameters by name.
  package private(set) var parameters: [String: Parameter] = [:]
  private var leaves: [String: Tensor] = [:]
  private var frozen: [String: Tensor] = [:]

  package init(start: any WeightSource, dtype: DataType, learns: @escaping @Sendable (String) -> Bool = { _ in true }) {
    self.start = start
    self.dtype = dtype
    self.learns = learns
  }

  package func contains(_ name: String) -> Bool { parameters[name] != nil || start.contains(name) }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    guard learns(name) else { return try frozenTensor(name, shape: shape, role: role, initial: initial) }
    let parameter = try parameter(name, shape: shape, initial: initial)
    let leaf = leaves[name] ?? parameter.value.requiringGradient
    leaves[name] = leaf
    return role == .matrix ? leaf.cast(to: dtype) : leaf
  }

  private func parameter(_ name: String, shape: [Int], initial: Initial) throws -> Parameter {
    if let known = parameters[name], known.value.shape == shape { return known }
    let fresh = Parameter(try start.tensor(name, shape: shape, role: .vector, initial: initial))
    parameters[name] = fresh
    return fresh
  }

  private func frozenTensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    if let known = frozen[name] { return known }
    let value = try start.tensor(name, shape: shape, role: .vector, initial: initial)
    let delivered = role == .matrix ? value.cast(to: dtype) : value.cast(to: .float32)
    frozen[name] = delivered
    return delivered
  }

  /// Forgets the last step's leaves; the next network built here gets new ones.
  package func beginStep() { leaves = [:] }

  /// Differentiates `loss` and takes one optimiser step, number `step` counted from 1.
  ///
  /// - Returns: the global norm of the gradients before clipping; not finite means nothing was changed.
  package func update(
    loss: Tensor, rate: Float, step: Int, with optimizer: AdamW, averageDecay: Float
  ) -> Float {
    let names = leaves.keys.sorted()
    let gradients = loss.gradients(of: names.compactMap { leaves[$0] })
    let norm = gradients.reduce(0.0) { $0 + Double($1.cast(to: .float32).square().sum().item) }.squareRoot()
    guard norm.isFinite else { return Float(norm) }
    var scale: Float = 1
    if let limit = optimizer.maximumGradientNorm, Float(norm) > limit { scale = limit / (Float(norm) + 1e-6) }
    for (name, gradient) in zip(names, gradients) {
      parameters[name]?.update(
        gradient: gradient, gradientScale: scale, rate: rate, step: step, with: optimizer, averageDecay: averageDecay)
    }
    return Float(norm)
  }

  /// Puts back parameters that a checkpoint holds.
  func restore(_ name: String, _ parameter: Parameter) { parameters[name] = parameter }

  /// The averaged weights as a source for looking at results: copies, so that later steps do not change them.
  package func averaged(dtype: DataType? = nil) -> SnapshotWeights {
    SnapshotWeights(parameters.mapValues { Parameter.copy($0.average) }, fallback: start, dtype: dtype ?? self.dtype)
  }
}

/// Weights as they were at one moment, without gradients.
package final class SnapshotWeights: WeightSource {
  /// Float32 tensors by name.
  package let tensors: [String: Tensor]
  private let fallback: (any WeightSource)?
  private let dtype: DataType

  package init(_ tensors: [String: Tensor], fallback: (any WeightSource)? = nil, dtype: DataType) {
    (self.tensors, self.fallback, self.dtype) = (tensors, fallback, dtype)
  }

  package func contains(_ name: String) -> Bool { tensors[name] != nil || (fallback?.contains(name) ?? false) }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    guard let value = tensors[name] else {
      guard let fallback else { throw TrainingError.missingParameter(name) }
      return try fallback.tensor(name, shape: shape, role: role, initial: initial)
    }
    guard value.shape == shape else {
      throw TrainingError.parameterShape(name, expected: shape, found: value.shape)
    }
    return role == .matrix ? value.cast(to: dtype) : value
  }
}
