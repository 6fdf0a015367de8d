package import NegativeSpaceTensors

/// CFG-Zero* (arXiv:2503.18886): nothing in the first steps, then guidance from the unconditional output at its best
/// scale.
///
/// ε̂ = s ε(n) + γ (ε(c) − s ε(n)) with s = ⟨ε(c), ε(n)⟩ / ‖ε(n)‖² (algorithm 1), as diffusers'
/// `ClassifierFreeZeroStarGuidance`.
package struct ClassifierFreeZeroStarGuidance: GuidanceRule {
  package var usesOriginalFormulation = false
  /// Calls at the beginning whose output is 0 (section 4.2).
  package var zeroInitSteps = 1

  package init() {}

  package static var options: [GuidanceOption<Self>] {
    [GuidanceOption("zero_init_steps", \.zeroInitSteps), formulation]
  }

  package func isActive(scale: Float, at call: ModelCall) -> Bool {
    call.index >= zeroInitSteps && scale > (usesOriginalFormulation ? 0 : 1)
  }

  package func guided(
    _ outputs: BranchOutputs, scale: Float, at call: ModelCall, memory: inout GuidanceMemory
  ) -> Tensor {
    let conditional = outputs.conditional
    guard call.index >= zeroInitSteps else { return conditional * 0 }
    guard let unconditional = outputs.unconditional else { return conditional }
    let axes = conditional.sampleAxes
    let best = conditional.inner(unconditional, over: axes) / (unconditional.inner(unconditional, over: axes) + 1e-8)
    let scaled = best * unconditional
    return shifted(conditional, scaled, scale, along: conditional - scaled)
  }
}
