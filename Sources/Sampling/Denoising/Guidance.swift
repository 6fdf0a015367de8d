package import NegativeSpaceTensors

extension ModelCall {
  /// Whether the call lies in a share of the steps: from its first step up to, not including, the step where it ends.
  package func isInside(_ share: ClosedRange<Float>) -> Bool {
    let part = share.clamped(to: 0...1)
    let first = Int(part.lowerBound * Float(count))
    let end = Int(part.upperBound * Float(count))
    return (first..<max(first, end)).contains(index)
  }
}

/// Classifier-free guidance (arXiv:2207.12598): away from the unconditional output, towards the conditional one.
package struct Guidance: Sendable, Equatable {
  /// Weight of the difference; 1 and less means the conditional output alone.
  package var scale: Float
  /// Share of the result that is brought back to the conditional output's spread (arXiv:2305.08891, section 3.4).
  package var rescale: Float
  /// The part of the steps that is guided; outside of it only the conditional branch runs (arXiv:2404.07724).
  package var interval: ClosedRange<Float>

  package init(scale: Float, rescale: Float = 0, interval: ClosedRange<Float> = 0...1) {
    self.scale = scale
    self.rescale = rescale
    self.interval = interval
  }

  /// Whether both branches run: from the first step of the interval up to, not including, the step where it ends.
  package func isActive(at call: ModelCall) -> Bool {
    scale > 1 && call.isInside(interval)
  }

  /// The guided output of one call.
  ///
  /// The branches run one after the other, so they need not be one batch.
  package func callAsFunction(
    at call: ModelCall, conditional: () throws -> Tensor, unconditional: () throws -> Tensor
  ) rethrows -> Tensor {
    guard isActive(at: call) else { return try conditional() }
    return combine(conditional: try conditional(), unconditional: try unconditional())
  }

  /// The guided output from those of both branches.
  package func combine(conditional: Tensor, unconditional: Tensor) -> Tensor {
    let guided = unconditional + scale * (conditional - unconditional)
    guard rescale > 0 else { return guided }
    let rescaled = guided * (Self.spread(conditional) / Self.spread(guided))
    return rescale * rescaled + (1 - rescale) * guided
  }

  /// The standard deviation of each sample over all its values, shaped (N, 1, …).
  private static func spread(_ output: Tensor) -> Tensor {
    let axes = Array(1..<output.rank)
    let size = output.count / output.size(0)
    let centred = output - output.mean(axes: axes, keepDims: true)
    return (centred.square().sum(axes: axes, keepDims: true) / Float(size - 1)).sqrt()
  }
}
