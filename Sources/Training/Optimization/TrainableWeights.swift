package import NegativeSpaceKernels
package import NegativeSpaceLayers
package import NegativeSpaceTensors

/// The parameters of networks in training: float32 masters with their optimiser state.
///
/// A network is built anew for every step from `StepWeights`, so its weights are always the current ones, and computing
/// in bfloat16 is nothing but a recorded cast of the masters.
package final class TrainableWeights {
  /// Source of parameters that are not here yet: random numbers, or a file to go on from.
  private let start: any WeightSource
  /// The type that networks compute in.
  package let dtype: DataType
  /// Whether a parameter is learned, by its name; the others stay as they started.
  let learns: @Sendable (String) -> Bool
  /// The learning rate of a parameter as a share of the run's, by its name.
  package var rateShare: @Sendable (String) -> Float = { _ in 1 }
  /// All learned parameters by name.
  package private(set) var parameters: [String: Parameter] = [:]
  private var frozen: [String: Tensor] = [:]

  package init(start: any WeightSource, dtype: DataType, learns: @escaping @Sendable (String) -> Bool = { _ in true }) {
    self.start = start
    self.dtype = dtype
    self.learns = learns
  }

  func contains(_ name: String) -> Bool { parameters[name] != nil || start.contains(name) }

  func parameter(_ name: String, shape: [Int], initial: Initial) throws -> Parameter? {
    guard learns(name) else { return nil }
    if let known = parameters[name] {
      guard known.value.shape == shape else {
        throw TrainingError.parameterShape(name, expected: shape, found: known.value.shape)
      }
      return known
    }
    let fresh = Parameter(try start.tensor(name, shape: shape, role: .vector, initial: initial))
    parameters[name] = fresh
    return fresh
  }

  func frozenTensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    if let known = frozen[name] { return known }
    // A checkpoint may hold it, from when it was learned; what others saw of it is its average.
    let restored = parameters[name]?.average
    let value = try restored ?? start.tensor(name, shape: shape, role: .vector, initial: initial)
    guard value.shape == shape else {
      throw TrainingError.parameterShape(name, expected: shape, found: value.shape)
    }
    let delivered = role == .matrix ? value.cast(to: dtype) : value.cast(to: .float32)
    frozen[name] = delivered
    return delivered
  }

  /// One optimiser step, number `step` counted from 1.
  ///
  /// - Parameter gradients: by parameter name, float32.
  /// - Returns: the global norm of the gradients before clipping; when it is not finite nothing was changed.
  package func update(
    _ gradients: [String: Tensor], rate: Float, step: Int, with optimizer: Optimizer, averageDecay: Float
  ) -> Float {
    let names = gradients.keys.sorted()
    let squares = names.reduce(0.0) { $0 + Double(gradients[$1]?.square().sum().item ?? 0) }
    let norm = Float(squares.squareRoot())
    guard norm.isFinite else { return norm }
    func scale(_ norm: Float) -> Float {
      guard let limit = optimizer.adamW.maximumGradientNorm, norm > limit else { return 1 }
      return limit / (norm + 1e-6)
    }
    let common = scale(norm)
    for name in names {
      guard let parameter = parameters[name], let gradient = gradients[name] else { continue }
      let own = optimizer.adamW.clipsEachParameter ? scale(gradient.square().sum().item.squareRoot()) : common
      parameter.update(
        gradient: gradient, gradientScale: own, rate: rate * rateShare(name), step: step, with: optimizer,
        averageDecay: averageDecay, dtype: dtype)
    }
    return norm
  }

  /// Puts back parameters that a checkpoint holds.
  func restore(_ name: String, _ parameter: Parameter) { parameters[name] = parameter }

  /// The averaged weights as a source for looking at results: copies, so that later steps do not change them.
  package func averaged(dtype: DataType? = nil) -> SnapshotWeights {
    SnapshotWeights(parameters.mapValues { Parameter.copy($0.average) }, fallback: start, dtype: dtype ?? self.dtype)
  }
}

/// The weight source of one shard of one step: its tensors ask for gradients.
package final class StepWeights: WeightSource {
  private let weights: TrainableWeights
  private var leaves: [String: Tensor] = [:]

  package init(_ weights: TrainableWeights) { self.weights = weights }

  package func contains(_ name: String) -> Bool { weights.contains(name) }

  package func tensor(_ name: String, shape: [Int], role: WeightRole, initial: Initial) throws -> Tensor {
    guard let parameter = try weights.parameter(name, shape: shape, initial: initial) else {
      return try weights.frozenTensor(name, shape: shape, role: role, initial: initial)
    }
    let leaf = leaves[name] ?? parameter.value.requiringGradient
    leaves[name] = leaf
    return role == .matrix ? leaf.cast(to: weights.dtype) : leaf
  }

  /// The gradients of `loss` with respect to everything this source gave out, float32.
  package func gradients(of loss: Tensor) -> [String: Tensor] {
    let names = leaves.keys.sorted()
    let values = loss.gradients(of: names.compactMap { leaves[$0] })
    return Dictionary(uniqueKeysWithValues: zip(names, values.map { $0.cast(to: .float32) }))
  }
}
