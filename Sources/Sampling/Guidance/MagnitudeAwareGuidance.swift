package import NegativeSpaceTensors

/// MAMBO-G (arXiv:2508.03442): the further the branches are apart, the weaker the guidance.
///
/// ε̂ = ε(n) + (1 + (γ − 1) e^(−α ρ)) (ε(c) − ε(n)) with ρ = ‖ε(c) − ε(n)‖ / ‖ε(n)‖, as diffusers'
/// `MagnitudeAwareGuidance`.
package struct MagnitudeAwareGuidance: GuidanceRule {
  package var usesOriginalFormulation = false
  /// How fast guidance falls.
  package var alpha: Float = 8

  package init() {}

  package static var options: [GuidanceOption<Self>] { [GuidanceOption("alpha", \.alpha, 0...1000), formulation] }

  package func guided(
    _ outputs: BranchOutputs, scale: Float, at call: ModelCall, memory: inout GuidanceMemory
  ) -> Tensor {
    let conditional = outputs.conditional
    guard let unconditional = outputs.unconditional else { return conditional }
    let (axes, difference) = (conditional.sampleAxes, conditional - unconditional)
    let damping = (difference.norm(over: axes) / unconditional.norm(over: axes) * -alpha).exp()
    let damped = usesOriginalFormulation ? scale * damping : (scale - 1) * damping + 1
    return (usesOriginalFormulation ? conditional : unconditional) + damped * difference
  }
}
