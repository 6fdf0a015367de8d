import NegativeSpaceCKernels

/// The buffers of one trained parameter, all float32 and equally long, changed in place by `adamW`.
package struct ParameterBuffers: @unchecked Sendable {
  let weight: UnsafeMutablePointer<Float>
  let average: UnsafeMutablePointer<Float>?
  let gradient: UnsafePointer<Float>
  let count: Int

  /// - Parameter average: nil where none is kept.
  package init(
    weight: UnsafeMutableRawPointer, average: UnsafeMutableRawPointer?, gradient: UnsafeRawPointer, count: Int
  ) {
    self.weight = weight.assumingMemoryBound(to: Float.self)
    self.average = average?.assumingMemoryBound(to: Float.self)
    self.gradient = gradient.assumingMemoryBound(to: Float.self)
    self.count = count
  }

  /// Moves the average of some elements after them.
  fileprivate func follow(_ range: Range<Int>, decay: Float) {
    guard let average else { return }
    ns_ema(average + range.lowerBound, weight + range.lowerBound, decay, Int64(range.count))
  }
}

/// The numbers of one AdamW step (arXiv:1711.05101).
package struct AdamWStep: Sendable {
  package var rate: Float
  package var beta1: Float
  package var beta2: Float
  package var epsilon: Float
  package var decay: Float
  /// 1 - beta1^step and 1 - beta2^step.
  package var correction1: Float
  package var correction2: Float
  /// Multiplies the gradient: clipping by the global norm.
  package var gradientScale: Float
  /// Decay of the exponential moving average of the weights.
  package var averageDecay: Float

  package init(
    rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float, correction1: Float, correction2: Float,
    gradientScale: Float, averageDecay: Float
  ) {
    (self.rate, self.beta1, self.beta2, self.epsilon, self.decay) = (rate, beta1, beta2, epsilon, decay)
    (self.correction1, self.correction2) = (correction1, correction2)
    (self.gradientScale, self.averageDecay) = (gradientScale, averageDecay)
  }
}

/// Takes one AdamW step and moves the average after it, in place.
package func adamW(
  _ buffers: ParameterBuffers, firstMoment: UnsafeMutableRawPointer, secondMoment: UnsafeMutableRawPointer,
  _ step: AdamWStep
) {
  nonisolated(unsafe) let (m, v) = (
    firstMoment.assumingMemoryBound(to: Float.self), secondMoment.assumingMemoryBound(to: Float.self)
  )
  parallel(buffers.count, grain: 1 << 14) { range in
    let at = range.lowerBound
    ns_adamw(
      buffers.weight + at, m + at, v + at, buffers.gradient + at, step.rate, step.beta1, step.beta2, step.epsilon,
      step.decay, step.correction1, step.correction2, step.gradientScale, Int64(range.count))
    buffers.follow(range, decay: step.averageDecay)
  }
}

/// Takes one step along a direction that is given, with decoupled weight decay, and moves the average after it, in
/// place.
///
/// `gradient` of the buffers is the direction.
package func descend(_ buffers: ParameterBuffers, _ step: AdamWStep) {
  parallel(buffers.count, grain: 1 << 14) { range in
    let kept = 1 - step.rate * step.decay
    for index in range {
      buffers.weight[index] = buffers.weight[index] * kept - step.rate * buffers.gradient[index]
    }
    buffers.follow(range, decay: step.averageDecay)
  }
}
