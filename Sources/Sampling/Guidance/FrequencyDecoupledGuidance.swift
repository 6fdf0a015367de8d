package import NegativeSpaceTensors

/// Frequency-decoupled guidance (arXiv:2506.19713): each level of a Laplacian pyramid has a scale of its own.
///
/// As diffusers' `FrequencyDecoupledGuidance` (algorithm 2 of the paper); the frames of a video are pictures of their
/// own. The guidance's own scale is not used.
package struct FrequencyDecoupledGuidance: GuidanceRule {
  /// Where the spread is brought back to the conditional output's.
  package enum RescaleSpace: String, CaseIterable, Sendable { case data, freq }

  package var usesOriginalFormulation = false
  /// γ of each level, the highest frequencies first.
  package var scales: [Float] = [10, 5]
  /// Weights of what lies along the conditional output, one for all levels or one each; 1 is plain guidance.
  package var parallelWeights: [Float] = [1]
  /// Share of each level's result that is brought back to the conditional spread, in `freq`.
  package var rescales: [Float] = [0]
  package var rescaleSpace = RescaleSpace.data
  /// The shares of the steps in which a level is guided, one for all or one each.
  package var starts: [Float] = [0]
  package var stops: [Float] = [1]

  package init() {}

  package static var options: [GuidanceOption<Self>] {
    [
      GuidanceOption("guidance_scales", \.scales, -100...100),
      GuidanceOption("parallel_weights", \.parallelWeights, -100...100),
      GuidanceOption("guidance_rescale", \.rescales, 0...1), GuidanceOption("guidance_rescale_space", \.rescaleSpace),
      GuidanceOption("start", \.starts, 0...1), GuidanceOption("stop", \.stops, 0...1), formulation,
    ]
  }

  package var conflict: (option: String, found: String, expected: String)? {
    guard (1...8).contains(scales.count) else {
      return ("guidance_scales", "\(scales.count) of them", "1 to 8, one for each level")
    }
    for (name, values) in [
      ("parallel_weights", parallelWeights), ("guidance_rescale", rescales), ("start", starts), ("stop", stops),
    ] where ![1, scales.count].contains(values.count) {
      return (
        name, values.map { "\($0)" }.joined(separator: ","), "one, or \(scales.count) as there are guidance_scales"
      )
    }
    if let level = scales.indices.first(where: { starts.each($0) > stops.each($0) }) {
      return ("start", "\(starts.each(level))", "at most stop, which is \(stops.each(level))")
    }
    return nil
  }

  package func isActive(scale: Float, at call: ModelCall) -> Bool { scales.indices.contains { isGuided($0, at: call) } }

  private func isGuided(_ level: Int, at call: ModelCall) -> Bool {
    let (start, stop) = (starts.each(level), stops.each(level))
    return scales[level] != (usesOriginalFormulation ? 0 : 1) && call.isInside(start...stop)
  }

  package func guided(
    _ outputs: BranchOutputs, scale: Float, at call: ModelCall, memory: inout GuidanceMemory
  ) -> Tensor {
    let conditional = outputs.conditional
    guard let unconditional = outputs.unconditional else { return conditional }
    // (N, H, W, C), the frames of a video one behind the other.
    func pictures(_ x: Tensor) -> Tensor { x.reshaped([-1] + x.shape.suffix(3)) }
    let pyramid = LaplacianPyramid(
      height: conditional.size(-3), width: conditional.size(-2), levels: scales.count)
    let levels = zip(pyramid.levels(of: pictures(conditional)), pyramid.levels(of: pictures(unconditional)))
    let guided = levels.enumerated().map { level, outputs in
      isGuided(level, at: call) ? self.level(level, outputs.0, outputs.1) : outputs.0
    }
    let result = pyramid.picture(of: guided)
    let rescaled =
      rescaleSpace == .data ? Guidance.rescaled(result, to: pictures(conditional), by: rescales[0]) : result
    return rescaled.reshaped(conditional.shape)
  }

  private func level(_ level: Int, _ conditional: Tensor, _ unconditional: Tensor) -> Tensor {
    var shift = conditional - unconditional
    let weight = parallelWeights.each(level)
    if weight != 1 { shift = shift.weighted(along: conditional, by: weight, over: shift.sampleAxes) }
    let guided = shifted(conditional, unconditional, scales[level], along: shift)
    return rescaleSpace == .freq ? Guidance.rescaled(guided, to: conditional, by: rescales.each(level)) : guided
  }
}

extension [Float] {
  /// The value of a level, from one for all or one each.
  fileprivate func each(_ level: Int) -> Float { self[count == 1 ? 0 : level] }
}
