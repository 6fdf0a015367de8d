import Foundation
import NegativeSpaceKernels
package import NegativeSpaceTensors

/// One trained tensor with what the optimiser and the average remember about it; all float32.
///
/// The buffers are this object's own and change in place; tensors handed out while a step runs are not used after it.
/// Each takes memory from the first step that wants it.
package final class Parameter {
  package let value: Tensor
  package private(set) var moments: [Moment: Tensor]
  private var keptAverage: Tensor?

  /// The running average; the value itself where none is kept.
  package var average: Tensor { keptAverage ?? value }

  /// A parameter at the start of training.
  package init(_ start: Tensor) {
    value = Parameter.copy(start)
    moments = [:]
  }

  /// A parameter as a checkpoint holds it.
  init(value: Tensor, moments: [Moment: Tensor], average: Tensor) {
    self.value = Parameter.copy(value)
    self.moments = moments.mapValues(Parameter.copy)
    keptAverage = Parameter.copy(average)
  }

  /// A float32 copy in memory of its own: a tensor read from a file must not be written to.
  package static func copy(_ tensor: Tensor) -> Tensor {
    let source = tensor.cast(to: .float32)
    return Tensor(shape: source.shape) { $0.copyMemory(from: source.pointer, byteCount: source.count * 4) }
  }

  /// Weight decay is for matrices, tables and kernels, not for norms and biases.
  private var decays: Bool { value.rank > 1 }

  /// One step in place, number `step` counted from 1, and the average's.
  ///
  /// - Parameters:
  ///   - averageDecay: 0 keeps no average.
  ///   - dtype: type in which Muon's products are computed.
  func update(
    gradient: Tensor, gradientScale: Float, rate: Float, step: Int, with optimizer: Optimizer, averageDecay: Float,
    dtype: DataType
  ) {
    keptAverage = averageDecay == 0 ? nil : keptAverage ?? Parameter.copy(value)
    let gradient = gradient.cast(to: .float32)
    var settings = AdamWStep(
      optimizer.adamW, rate: rate, step: step, gradientScale: gradientScale, averageDecay: averageDecay)
    settings.decay = decays ? optimizer.adamW.weightDecay : 0
    if let adafactor = optimizer.adafactor {
      return descend(adafactor.direction(gradient, step: step, moment: moment), settings)
    }
    guard let muon = optimizer.muon, muon.takes(value.shape) else {
      return adamW(
        buffers(gradient), firstMoment: moment(.first).pointer, secondMoment: moment(.second).pointer, settings)
    }
    // Nesterov's: the direction looks one step ahead of the momentum.
    let firstMoment = moment(.first)
    let momentum = firstMoment * muon.momentum + gradient * ((1 - muon.momentum) * gradientScale)
    let ahead = gradient * ((1 - muon.momentum) * gradientScale) + momentum * muon.momentum
    firstMoment.pointer.copyMemory(from: momentum.pointer, byteCount: momentum.count * 4)
    descend(muon.orthogonalized(ahead, dtype: dtype) * muon.scale(of: value.shape), settings)
  }

  private func descend(_ direction: Tensor, _ settings: AdamWStep) {
    NegativeSpaceKernels.descend(buffers(direction), settings)
  }

  /// What is remembered; nothing yet is zeros.
  private func moment(_ moment: Moment) -> Tensor {
    if let known = moments[moment] { return known }
    let zeros = Tensor.zeros(moment.shape(beside: value.shape))
    moments[moment] = zeros
    return zeros
  }

  private func buffers(_ direction: Tensor) -> ParameterBuffers {
    ParameterBuffers(
      weight: value.pointer, average: keptAverage?.pointer, gradient: direction.pointer, count: value.count)
  }
}

extension AdamWStep {
  fileprivate init(_ optimizer: AdamW, rate: Float, step: Int, gradientScale: Float, averageDecay: Float) {
    self.init(
      rate: rate, beta1: optimizer.beta1, beta2: optimizer.beta2, epsilon: optimizer.epsilon, decay: 0,
      correction1: Float(1 - pow(Double(optimizer.beta1), Double(step))),
      correction2: Float(1 - pow(Double(optimizer.beta2), Double(step))),
      gradientScale: gradientScale, averageDecay: averageDecay)
  }
}
