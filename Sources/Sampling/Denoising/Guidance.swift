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

/// Guidance of a run: a rule, how strongly and where it holds.
package struct Guidance: Sendable {
  /// γ, weight of the difference; 1 and less means the conditional output alone.
  package var scale: Float
  /// Share of the result that is brought back to the conditional output's spread (arXiv:2305.08891, section 3.4).
  package var rescale: Float
  /// The part of the steps that is guided; outside of it only the conditional branch runs (arXiv:2404.07724).
  package var interval: ClosedRange<Float>
  /// The arithmetic.
  package var rule: any GuidanceRule

  package init(
    scale: Float, rescale: Float = 0, interval: ClosedRange<Float> = 0...1,
    rule: any GuidanceRule = ClassifierFreeGuidance()
  ) {
    (self.scale, self.rescale, self.interval, self.rule) = (scale, rescale, interval, rule)
  }

  /// Whether both branches run: from the first step of the interval up to, not including, the step where it ends.
  package func isActive(at call: ModelCall) -> Bool {
    rule.isActive(scale: scale, at: call) && call.isInside(interval)
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

  /// The guided output from those of both branches, by rules that remember nothing.
  package func combine(conditional: Tensor, unconditional: Tensor) -> Tensor {
    var memory = GuidanceMemory()
    return combine(
      BranchOutputs(conditional: conditional, unconditional: unconditional),
      at: ModelCall(index: 0, count: 1, timestep: 0), memory: &memory)
  }

  /// The guided output from those of the branches that run at a call.
  package func combine(_ outputs: BranchOutputs, at call: ModelCall, memory: inout GuidanceMemory) -> Tensor {
    let guided = rule.guided(outputs, scale: scale, at: call, memory: &memory)
    let isGuided = outputs.unconditional != nil || outputs.disturbed != nil
    return isGuided ? Self.rescaled(guided, to: outputs.conditional, by: rescale) : guided
  }

  /// A share of `guided` with the spread of `conditional`, and the rest as it is.
  static func rescaled(_ guided: Tensor, to conditional: Tensor, by share: Float) -> Tensor {
    guard share > 0 else { return guided }
    let rescaled = guided * (spread(conditional) / spread(guided))
    return share * rescaled + (1 - share) * guided
  }

  /// The standard deviation of each sample over all its values, shaped (N, 1, …).
  private static func spread(_ output: Tensor) -> Tensor {
    let axes = Array(1..<output.rank)
    let size = output.count / output.size(0)
    let centred = output - output.mean(axes: axes, keepDims: true)
    return (centred.square().sum(axes: axes, keepDims: true) / Float(size - 1)).sqrt()
  }
}
